package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps Dockerfile and docker-compose.yml in step with the services. */
class ContainerImagesTest {
    private static final SortedMap<String, String> PORTS =
            new TreeMap<>(Map.of("gateway-service", "8000", "order-service", "8001", "payment-service", "8002"));

    @ParameterizedTest
    @MethodSource("services")
    void composeBuildsEachServiceFromItsModuleWithItsPort(String service) throws IOException {
        JsonNode arguments = compose().at("/services/" + service + "/build/args");
        assertThat(arguments.path("MODULE").asText()).isEqualTo(service);
        assertThat(arguments.path("PORT").asText()).isEqualTo(PORTS.get(service));
        assertThat(read(service, "src/main/resources/application.properties"))
                .contains("${HTTP_PORT:" + PORTS.get(service) + "}");
        assertThat(read("", "Dockerfile")).contains("-pl " + String.join(",", PORTS.keySet()) + " -am");
    }

    @ParameterizedTest
    @MethodSource("services")
    void everyVariableOfComposeIsReadByTheService(String service) throws IOException {
        String properties = read(service, "src/main/resources/application.properties");
        assertThat(compose().at("/services/" + service + "/environment").properties())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(properties).containsPattern("\\$\\{" + it.getKey() + "[:}]"));
    }

    @Test
    void composeTellsAllItsVariablesByExampleAndHoldsNoSecret() throws IOException {
        String text = read("", "docker-compose.yml");
        String example = read("", ".env.example");
        Set<String> required = Pattern.compile("\\$\\{(\\w+):\\?")
                .matcher(text)
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toSet());
        assertThat(required).isNotEmpty().allSatisfy(it -> assertThat(example).containsPattern("(?m)^" + it + "=."));
        assertThat(text.lines().filter(it -> it.matches(".*PASS(WORD)?:.*")))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it).contains("${"));
    }

    @Test
    void onlyTheGatewayIsPublishedBeyondThisMachine() throws IOException {
        assertThat(compose().get("services").properties())
                .filteredOn(it -> it.getValue().has("ports"))
                .allSatisfy(it -> it.getValue().get("ports").forEach(port -> {
                    if (!port.asText().startsWith("127.0.0.1:")) {
                        assertThat(it.getKey()).isEqualTo("gateway-service");
                    }
                }));
    }

    static Set<String> services() {
        return PORTS.keySet();
    }

    private static JsonNode compose() throws IOException {
        return new YAMLMapper().readTree(read("", "docker-compose.yml"));
    }

    private static String read(String module, String file) {
        try {
            return Files.readString(Path.of("..", module, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
