package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevModeTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("DATABASE_PASSWORD", "a=b:c #d\\'", "PAYMENTS_URL", "http://127.0.0.1:8002,http://127.0.0.1:8012");

    @TempDir
    Path folder;

    @Test
    void theServiceHasAllThatThePackagedOneIsConfiguredByAndNobodyElseCanReadIt() throws IOException {
        StackDirectory directory = new StackDirectory(folder);
        Files.createDirectories(directory.run());
        DevMode.keep(service(), directory);

        assertThat(new DevMode(directory, ignored -> {}).variables("order-service"))
                .containsAllEntriesOf(ENVIRONMENT)
                .containsEntry("HTTP_PORT", "18401")
                .containsEntry("MANAGEMENT_PORT", "18901")
                .hasSize(ENVIRONMENT.size() + 2);
        assertThat(Files.getPosixFilePermissions(directory.variables("order-service")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void mavenBuildsTheModulesThatTheServiceNeedsAsWell() {
        assertThat(DevMode.command("order-service"))
                .startsWith("./mvnw", "-ntp", "-pl", "order-service", "-am")
                .endsWith("quarkus:dev");
    }

    @Test
    void aServiceThatIsHandedOverIsLeftAloneUntilItIsTakenBack() {
        LocalService service = service();
        Supervised supervised = new Supervised(service);
        Supervisor supervisor = new Supervisor(List.of(supervised), ignored -> {});
        service.handOver();
        assertThatThrownBy(() -> service().handOver()).hasMessageContaining("is in dev mode already");

        supervisor.start();
        assertThat(Waiting.until(Duration.ofSeconds(1), () -> supervised.alive)).isFalse();

        service.takeBack();
        assertThat(Waiting.until(Duration.ofSeconds(10), () -> supervised.alive))
                .isTrue();
        supervisor.stop();
    }

    @Test
    void isOnlyForAStackThatIsUp() {
        assertThatThrownBy(() -> new DevMode(new StackDirectory(folder), ignored -> {}).run("order-service"))
                .hasMessage("nothing is up here: start it with ./holdfast up");
    }

    private LocalService service() {
        return new LocalService(
                "order-service",
                folder,
                StackSettings.of(Map.of()),
                18401,
                ENVIRONMENT,
                folder.resolve("run").resolve("order-service.process"),
                folder.resolve("log"));
    }

    /** Starts at once. */
    private static final class Supervised implements StackProcess {
        private final LocalService service;
        private volatile boolean alive;

        Supervised(LocalService service) {
            this.service = service;
        }

        @Override
        public String name() {
            return service.name();
        }

        @Override
        public void start() {
            alive = true;
        }

        @Override
        public void stop() {
            alive = false;
        }

        @Override
        public void kill() {
            alive = false;
        }

        @Override
        public boolean isAlive() {
            return alive;
        }

        @Override
        public boolean isReplaced() {
            return service.isReplaced();
        }

        @Override
        public long pid() {
            return -1;
        }

        @Override
        public Path log() {
            return service.log();
        }
    }
}
