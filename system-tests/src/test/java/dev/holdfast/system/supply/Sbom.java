package dev.holdfast.system.supply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The CycloneDX SBOM that the build leaves beside each service. */
record Sbom(List<Component> components) {
    private static final String OURS = "dev.holdfast";

    /**
     * @param licences SPDX identifiers, or names where SPDX knows none; whoever uses it may choose one of them
     * @param hashed whether its SHA-256 is told
     */
    record Component(String group, String name, String version, Set<String> licences, boolean hashed) {
        boolean isOurs() {
            return group.equals(OURS);
        }

        /** Whether a build on another machine would have another one instead. */
        boolean isOfOnePlatform() {
            return name.startsWith("native-");
        }

        String coordinates() {
            return group + ":" + name;
        }
    }

    static Sbom of(String service) throws IOException {
        JsonNode document = new ObjectMapper()
                .readTree(
                        Path.of("..", service, "target", service + ".cdx.json").toFile());
        if (!document.path("bomFormat").asText().equals("CycloneDX")) {
            throw new IOException("no CycloneDX document is beside " + service);
        }
        return new Sbom(
                document.get("components").valueStream().map(Sbom::component).toList());
    }

    private static Component component(JsonNode node) {
        return new Component(
                node.path("group").asText(),
                node.path("name").asText(),
                node.path("version").asText(),
                node.path("licenses").valueStream().map(Sbom::licence).collect(Collectors.toSet()),
                node.path("hashes")
                        .valueStream()
                        .anyMatch(hash -> hash.path("alg").asText().equals("SHA-256")));
    }

    private static String licence(JsonNode choice) {
        JsonNode licence = choice.path("license");
        return choice.has("expression")
                ? choice.get("expression").asText()
                : licence.path("id").asText(licence.path("name").asText());
    }
}
