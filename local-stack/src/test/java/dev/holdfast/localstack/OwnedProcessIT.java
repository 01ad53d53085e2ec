package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedProcessIT {
    @TempDir
    Path folder;

    private OwnedProcess process;

    @BeforeEach
    void start() {
        process = process();
        process.start(List.of("sleep", "600"), Map.of(), _ -> true, folder);
    }

    @AfterEach
    void end() {
        process.kill();
    }

    @Test
    void isFoundAgainByWhoeverReadsItsRecord() {
        OwnedProcess found = process();

        assertThat(found.pid()).isEqualTo(process.pid()).isPositive();
        found.stop(OwnedProcess.Signal.TERM, Duration.ofSeconds(5));
        assertThat(process.isAlive()).isFalse();
        assertThat(process.pid()).isEqualTo(-1);
    }

    @Test
    void isNotMistakenForALaterProcessOfTheSamePid() throws IOException {
        Path record = folder.resolve("sleep.process");
        String original = Files.readString(record);
        Files.writeString(record, process.pid() + "\n" + Instant.now().minus(Duration.ofHours(1)) + "\n");

        assertThat(process().isAlive()).isFalse();
        process().stop(OwnedProcess.Signal.TERM, Duration.ofSeconds(5));

        Files.writeString(record, original);
        assertThat(process.isAlive()).as("left alone").isTrue();
    }

    @Test
    void isKilledWhenItDoesNotEndInTime() {
        OwnedProcess stubborn = new OwnedProcess("stubborn", folder.resolve("stubborn.process"), folder.resolve("log"));
        stubborn.start(
                List.of("sh", "-c", "trap '' TERM; : > deaf; while :; do sleep 1; done"), Map.of(), _ -> true, folder);
        assertThat(Waiting.until(Duration.ofSeconds(5), () -> Files.exists(folder.resolve("deaf"))))
                .isTrue();

        stubborn.stop(OwnedProcess.Signal.TERM, Duration.ofMillis(500));

        assertThat(stubborn.isAlive()).isFalse();
    }

    private OwnedProcess process() {
        return new OwnedProcess("sleep", folder.resolve("sleep.process"), folder.resolve("sleep.log"));
    }
}
