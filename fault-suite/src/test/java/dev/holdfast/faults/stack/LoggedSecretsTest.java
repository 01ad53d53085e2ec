package dev.holdfast.faults.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggedSecretsTest {
    @Test
    void findsPasswordsTokensAndKeysAndNothingElse(@TempDir Path logs) throws IOException {
        Files.writeString(logs.resolve("service.log"), """
                Bearer tokens of https://id.example are verified
                connected to amqp://orders:0123456789abcdef@127.0.0.1
                the token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl is refused
                a part of JSON, eyJhbGciOiJFUzI1NiJ9, is no token
                -----BEGIN PRIVATE KEY-----
                """);
        assertThat(LoggedSecrets.in(logs, List.of("0123456789abcdef")))
                .extracting(line -> line.substring(0, 18))
                .containsExactly("service.log: conne", "service.log: the t", "service.log: -----");
    }
}
