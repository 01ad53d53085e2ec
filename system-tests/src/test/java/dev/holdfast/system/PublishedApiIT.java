package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.system.api.ServedApi;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The OpenAPI documents of the gateway and of each service, linted. */
@SystemTest
class PublishedApiIT {
    private static final Path SPECTRAL = Path.of("..", ".holdfast", "spectral", "node_modules", ".bin", "spectral");
    private static final Path RULES = Path.of("src", "test", "spectral", "ruleset.yaml");

    private final StackUnderTest stack;

    PublishedApiIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void spectralHasNothingAgainstThem(@TempDir Path directory) throws IOException, InterruptedException {
        if (!Files.exists(SPECTRAL)) {
            throw new TestAbortedException("Spectral is not installed: ./holdfast test does it where there is npm");
        }
        for (Map.Entry<String, URI> service : Map.of(
                        "gateway", stack.gateway(), "orders", stack.orders(), "payments", stack.payments())
                .entrySet()) {
            Path document = directory.resolve(service.getKey() + ".json");
            Files.writeString(
                    document, ServedApi.at(service.getValue()).document().toPrettyString());
            Process spectral = new ProcessBuilder(List.of(
                            SPECTRAL.toString(),
                            "lint",
                            "--ruleset",
                            RULES.toString(),
                            "--fail-severity",
                            "hint",
                            document.toString()))
                    .redirectErrorStream(true)
                    .start();
            String findings = new String(spectral.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(spectral.waitFor()).as(findings).isZero();
        }
    }
}
