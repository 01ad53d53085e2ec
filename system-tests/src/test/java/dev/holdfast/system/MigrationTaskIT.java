package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.LocalStack;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packaged service as containers start it: first it migrates as the owner of the tables and ends, then it serves without. */
class MigrationTaskIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    static Path folder;

    private static LocalPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = LocalPostgres.start(folder.resolve("postgres"), 0);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void migratesAndEndsWithoutABrokerAndOnlyThenTheServiceStartsWithoutTheOwner() throws Exception {
        String password = postgres.password(postgres.user("orders"));
        String ownerPassword = postgres.password(postgres.owner("orders"));
        Map<String, String> service = Map.of("DATABASE_PASSWORD", password, "MIGRATE_AT_START", "false");

        assertEnds(1, "The tables are older than this version needs", service);
        assertEnds(
                1,
                "DATABASE_OWNER_PASSWORD or DATABASE_OWNER_PASSWORD_FILE must be given",
                Map.of("DATABASE_PASSWORD", password));
        assertEnds(1, "DATABASE_PASSWORD or DATABASE_PASSWORD_FILE must be given", Map.of("MIGRATE_AT_START", "false"));
        assertThat(tables()).isZero();

        Path secret = Files.writeString(folder.resolve("owner"), ownerPassword + "\n");
        assertEnds(
                0,
                "Successfully applied",
                Map.of(
                        "DATABASE_PASSWORD",
                        password,
                        "DATABASE_OWNER_PASSWORD_FILE",
                        secret.toString(),
                        "QUARKUS_INIT_AND_EXIT",
                        "true",
                        // It asks nobody for a token, and needs none of the keys.
                        "HOLDFAST_AUTH",
                        "jwt"));
        assertThat(tables()).isPositive();

        Path log = folder.resolve("service.log");
        Process started = run(log, service);
        try {
            await().atMost(LIMIT).until(() -> Files.readString(log).contains(" started in ") || !started.isAlive());
            assertThat(Files.readString(log)).contains(" started in ").doesNotContain(password, ownerPassword);
        } finally {
            started.destroy();
            boolean ended = started.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            started.destroyForcibly();
            assertThat(ended).as("whether it ended when it was asked to").isTrue();
        }
    }

    private static void assertEnds(int status, String says, Map<String, String> environment) throws Exception {
        Path log = Files.createTempFile(folder, "run", ".log");
        Process process = run(log, environment);
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as(Files.readString(log))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(log)).contains(says);
        assertThat(process.exitValue()).isEqualTo(status);
    }

    private static Process run(Path log, Map<String, String> environment) throws IOException {
        ProcessBuilder service =
                new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
        service.environment().keySet().removeIf(it -> it.startsWith("DATABASE_") || it.startsWith("QUARKUS_"));
        service.environment()
                .putAll(Map.of(
                        "DATABASE_HOST", "127.0.0.1",
                        "DATABASE_PORT", Integer.toString(postgres.port()),
                        "HTTP_HOST", "127.0.0.1",
                        "HTTP_PORT", Integer.toString(freePort()),
                        "MANAGEMENT_PORT", Integer.toString(freePort()),
                        "HOLDFAST_AUTH", "off",
                        // Nobody listens there.
                        "AMQP_URL", "amqp://nobody:nothing@127.0.0.1:9"));
        service.environment().putAll(environment);
        return service.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static List<String> command() throws IOException {
        if (Boolean.getBoolean("holdfast.native")) {
            try (Stream<Path> files = Files.list(CHECKOUT.resolve("order-service/target"))) {
                return List.of(files.filter(file -> file.toString().endsWith("-runner"))
                        .findFirst()
                        .orElseThrow()
                        .toString());
            }
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                LocalStack.packagedIn(CHECKOUT)
                        .apply("order-service")
                        .resolve("quarkus-run.jar")
                        .toString());
    }

    private static long tables() throws Exception {
        return Database.of(postgres.jdbcUrl("orders"), postgres.owner("orders"), postgres.password("orders_owner"))
                .count("select count(*) from pg_tables where schemaname = 'public'");
    }
}
