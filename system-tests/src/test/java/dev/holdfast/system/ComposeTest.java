package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docker-compose.yml lets its containers do, and refuses. */
class ComposeTest {
    private static final Path START_DATABASE = Path.of("../k8s/overlays/local/postgres/start.sh");

    private static Compose compose;

    @BeforeAll
    static void read() throws IOException {
        compose = Compose.read();
    }

    @ParameterizedTest
    @MethodSource("containers")
    void everyContainerIsUnprivilegedAndBounded(String container) {
        assertThat(compose.setting(container, "read_only").asBoolean()).isTrue();
        assertThat(values(container, "cap_drop")).containsExactly("ALL");
        assertThat(compose.setting(container, "cap_add").isMissingNode()).isTrue();
        assertThat(compose.setting(container, "privileged").isMissingNode()).isTrue();
        assertThat(values(container, "security_opt")).containsExactly("no-new-privileges:true");
        assertThat(values(container, "tmpfs")).contains("/tmp");
        assertThat(compose.setting(container, "deploy").at("/resources/limits").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("cpus", "memory");
    }

    @ParameterizedTest
    @MethodSource("containers")
    void noLogFillsTheDisk(String container) {
        JsonNode logging = compose.setting(container, "logging");
        assertThat(logging.path("driver").asText()).isEqualTo("json-file");
        assertThat(logging.at("/options/max-size").asText()).matches("[1-9][0-9]?m");
        assertThat(logging.at("/options/max-file").asText()).matches("[1-9]");
    }

    @ParameterizedTest
    @MethodSource("containers")
    void noneBeginsAsRoot(String container) {
        String image = compose.setting(container, "image").asText();
        if (!image.startsWith("holdfast/")) { // These have their user, ContainerImagesTest.
            assertThat(compose.setting(container, "user").asText()).isIn("postgres", "rabbitmq");
        }
    }

    @ParameterizedTest
    @MethodSource("containers")
    void whateverEndsIsStartedAgainButForMigrations(String container) {
        assertThat(compose.setting(container, "restart").asText())
                .isEqualTo(container.endsWith("-migration") ? "no" : "unless-stopped");
    }

    @Test
    void theExampleChoosesNoPassword() throws IOException {
        List<String> passwords = Files.readAllLines(Path.of("../.env.example")).stream()
                .filter(line -> line.contains("PASSWORD="))
                .toList();
        assertThat(passwords).isNotEmpty().allMatch(line -> line.matches("[A-Z_]+PASSWORD="));
        Set<String> read = Pattern.compile("\\$\\{(\\w*PASSWORD)")
                .matcher(Files.readString(Path.of("../docker-compose.yml")))
                .results()
                .map((MatchResult variable) -> variable.group(1) + "=")
                .collect(Collectors.toSet());
        assertThat(passwords).containsExactlyInAnyOrderElementsOf(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders-database", "payments-database"})
    void noDatabaseIsMadeBeforeItsPasswordsWereLookedAt(String database) {
        assertThat(values(database, "entrypoint")).containsExactly("bash", "/holdfast/start.sh");
        assertThat(values(database, "command")).containsExactly("docker-entrypoint.sh", "postgres");
        assertThat(Files.exists(START_DATABASE)).isTrue();
        assertThat(compose.environment(database).keySet())
                .filteredOn(name -> name.endsWith("PASSWORD"))
                .containsExactlyInAnyOrder("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POSTGRES_PASSWORD", "DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD"})
    void startsNoDatabaseWithAPasswordThatNobodyHasChosen(String variable) throws Exception {
        assertThat(start(variable, "chosen")).isEqualTo("started\n");
        for (String known : List.of("", "change-me")) {
            assertThat(start(variable, known)).isEqualTo(variable + " is not set, or change-me: choose a password\n");
        }
    }

    @Test
    void whatHoldsSecretsOrIsOnesOwnIsNotCommitted() throws IOException {
        assertThat(Files.readAllLines(Path.of("../.gitignore"))).contains(".env", "docker-compose.override.yml");
    }

    static List<String> containers() throws IOException {
        return Compose.read()
                .file()
                .get("services")
                .propertyStream()
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> values(String container, String setting) {
        return compose.setting(container, setting)
                .valueStream()
                .map(JsonNode::asText)
                .toList();
    }

    /** What the script prints, and the command that it runs. */
    private static String start(String variable, String password) throws IOException, InterruptedException {
        Map<String, String> passwords = new HashMap<>(
                Map.of("POSTGRES_PASSWORD", "a", "DATABASE_PASSWORD", "b", "DATABASE_OWNER_PASSWORD", "c"));
        passwords.put(variable, password);
        ProcessBuilder script = new ProcessBuilder("bash", START_DATABASE.toString(), "echo", "started");
        script.environment().putAll(passwords);
        Process process = script.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
