package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.LocalStack;
import dev.holdfast.localstack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A packaged service as containers start it: first it migrates as the owner of the tables and ends, then it serves without,
 * and is asked for its health by itself.
 */
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
    void composeMigratesWithWhatItGivesAndOnlyThenTheServiceStartsWithoutTheOwner() throws Exception {
        String password = postgres.password(postgres.user("orders"));
        String ownerPassword = postgres.password(postgres.owner("orders"));
        Map<String, String> service = Map.of(
                "DATABASE_HOST", "127.0.0.1",
                "DATABASE_PASSWORD", password,
                "MIGRATE_AT_START", "false",
                "HOLDFAST_AUTH", "off");

        assertEnds(1, "The tables are older than this version needs", withABroker(service));
        assertEnds(
                1,
                "DATABASE_OWNER_PASSWORD or DATABASE_OWNER_PASSWORD_FILE must be given",
                withABroker(Map.of("DATABASE_PASSWORD", password)));
        assertEnds(
                1,
                "DATABASE_PASSWORD or DATABASE_PASSWORD_FILE must be given",
                withABroker(Map.of("MIGRATE_AT_START", "false")));
        assertThat(tables("orders")).isZero();

        Map<String, String> migration = Compose.read().environment("order-migration");
        assertThat(Compose.read().environment("payment-migration").keySet()).isEqualTo(migration.keySet());
        assertEnds(0, "Successfully applied", here("orders", migration));
        assertThat(tables("orders")).isPositive();

        assertEnds(1, "AMQP_URL must be given", service);
        Map<String, String> reachable = withABroker(service);
        reachable.put("HTTP_HOST", "0.0.0.0");
        assertEnds(1, "HOLDFAST_AUTH=off, but HTTP_HOST=0.0.0.0", reachable);
        Path log = folder.resolve("service.log");
        Map<String, String> serving = withABroker(service);
        serving.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        Process started = run("order-service", log, serving);
        try {
            await().atMost(LIMIT).until(() -> Files.readString(log).contains(" started in ") || !started.isAlive());
            assertThat(Files.readString(log)).contains(" started in ").doesNotContain(password, ownerPassword);
            assertThat(ListeningPorts.of(started.pid()))
                    .as("where it listens while it asks for no tokens")
                    .isNotEmpty()
                    .allSatisfy(address -> assertThat(address).matches(ListeningPorts.OF_LOOPBACK));
            assertEnds("order-service", 0, "HTTP/1.0 200 OK", serving, "health");
        } finally {
            started.destroy();
            boolean ended = started.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            started.destroyForcibly();
            assertThat(ended).as("whether it ended when it was asked to").isTrue();
        }
        assertEnds("order-service", 1, "no answer from 127.0.0.1:", serving, "health");
    }

    @Test
    void kubernetesMigratesWithWhatItGives() throws Exception {
        Manifests base = Kustomize.render("k8s/base");
        Map<String, String> migration = base.migrationEnvironment("payment-migration");
        assertThat(base.migrationEnvironment("order-migration").keySet()).isEqualTo(migration.keySet());
        assertEnds("payment-service", 0, "Successfully applied", here("payments", migration));
        assertThat(tables("payments")).isPositive();
    }

    private static Map<String, String> withABroker(Map<String, String> environment) {
        Map<String, String> with = new HashMap<>(environment);
        // Nobody listens there.
        with.put("AMQP_URL", "amqp://nobody:nothing@127.0.0.1:9");
        return with;
    }

    /** The same variables, of which those that name a host or hold a secret have this machine's. */
    private static Map<String, String> here(String database, Map<String, String> given) throws IOException {
        String password = postgres.password(postgres.user(database));
        Map<String, String> own = Map.of(
                "DATABASE_HOST", "127.0.0.1",
                "DATABASE_PASSWORD", password,
                "DATABASE_OWNER_PASSWORD", postgres.password(postgres.owner(database)),
                "DATABASE_USER_FILE", file(database + "-user", postgres.user(database)),
                "DATABASE_PASSWORD_FILE", file(database + "-password", password));
        Map<String, String> here = new HashMap<>(given);
        here.replaceAll((name, value) -> own.getOrDefault(name, value));
        return here;
    }

    private static String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content + "\n").toString();
    }

    private static void assertEnds(int status, String says, Map<String, String> environment) throws Exception {
        assertEnds("order-service", status, says, environment);
    }

    private static void assertEnds(
            String name, int status, String says, Map<String, String> environment, String... arguments)
            throws Exception {
        Path log = Files.createTempFile(folder, "run", ".log");
        Process process = run(name, log, environment, arguments);
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

    /** With these variables, those of its ports, and no other. */
    private static Process run(String name, Path log, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(command(name));
        command.addAll(List.of(arguments));
        ProcessBuilder service =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        service.environment().clear();
        service.environment()
                .putAll(Map.of(
                        "DATABASE_PORT", Integer.toString(postgres.port()),
                        "HTTP_PORT", Integer.toString(Ports.free()),
                        "MANAGEMENT_PORT", Integer.toString(Ports.free())));
        service.environment().putAll(environment);
        return service.start();
    }

    private static List<String> command(String service) throws IOException {
        if (Boolean.getBoolean("holdfast.native")) {
            try (Stream<Path> files = Files.list(CHECKOUT.resolve(service).resolve("target"))) {
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
                        .apply(service)
                        .resolve("quarkus-run.jar")
                        .toString());
    }

    private static long tables(String database) throws Exception {
        String owner = postgres.owner(database);
        return Database.of(postgres.jdbcUrl(database), owner, postgres.password(owner))
                .count("select count(*) from pg_tables where schemaname = 'public'");
    }
}
