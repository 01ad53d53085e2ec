package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script by which Compose and Kubernetes start the broker. */
class BrokerStartScriptTest {
    private static final Path SCRIPT = Path.of("../k8s/overlays/local/rabbitmq/start.sh");
    private static final Pattern HASH = Pattern.compile("\"password_hash\": \"([^\"]*)\"");
    private static final List<String> PASSWORDS = List.of("of the operator", "of|orders&\\1", "ö-payments");

    @TempDir
    Path folder;

    @Test
    void givesTheBrokerTheSameDefinitionsAsThePrivateOneHasWithHashesOfThePasswords() throws Exception {
        assertThat(start(PASSWORDS.get(0), PASSWORDS.get(1), PASSWORDS.get(2))).isEqualTo("started\n");
        String definitions = Files.readString(folder.resolve("definitions.json"));
        String expected = BrokerDefinitions.of("/", "holdfast", "", "", "");
        assertThat(HASH.matcher(definitions).replaceAll(""))
                .isEqualTo(HASH.matcher(expected).replaceAll(""));
        List<String> hashes = HASH.matcher(definitions)
                .results()
                .map((MatchResult hash) -> hash.group(1))
                .toList();
        assertThat(hashes).hasSameSizeAs(PASSWORDS);
        for (int i = 0; i < PASSWORDS.size(); i++) {
            assertThat(fits(hashes.get(i), PASSWORDS.get(i)))
                    .as(PASSWORDS.get(i))
                    .isTrue();
        }
        assertThat(Files.getPosixFilePermissions(folder.resolve("definitions.json")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "change-me"})
    void startsNoBrokerWithAPasswordThatNobodyHasChosen(String password) throws Exception {
        assertThat(start("a", password, "b"))
                .isEqualTo("ORDERS_PASSWORD is not set, or change-me: choose a password\n");
        assertThat(folder.resolve("definitions.json")).doesNotExist();
    }

    /** What it prints; the command that it runs prints that it has started, unless it knows the passwords. */
    private String start(String operator, String orders, String payments) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder(
                "bash", SCRIPT.toString(), "bash", "-c", "[ -z \"${ORDERS_PASSWORD:-}\" ] && echo started");
        script.environment()
                .putAll(Map.of(
                        "OPERATOR_PASSWORD", operator,
                        "ORDERS_PASSWORD", orders,
                        "PAYMENTS_PASSWORD", payments,
                        "DEFINITIONS", folder.resolve("definitions.json").toString()));
        Process process = script.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static boolean fits(String hash, String password) throws Exception {
        byte[] bytes = Base64.getDecoder().decode(hash);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(bytes, 0, 4);
        return Arrays.equals(
                sha256.digest(password.getBytes(StandardCharsets.UTF_8)), Arrays.copyOfRange(bytes, 4, bytes.length));
    }
}
