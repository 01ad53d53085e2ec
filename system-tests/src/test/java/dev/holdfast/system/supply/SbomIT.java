package dev.holdfast.system.supply;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.system.supply.Sbom.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bill of materials is complete, and everything in it may be used. */
class SbomIT {
    private static final List<String> SERVICES = List.of("gateway-service", "order-service", "payment-service");

    /**
     * What asks for no more than that its notices are kept, or, as EPL and LGPL do, that changes to the library itself
     * are published. Of several licences of a component one is enough.
     */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "0BSD",
            "ISC",
            "CC0-1.0",
            "Public Domain",
            "UPL-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "MPL-2.0",
            "LGPL-2.1-only",
            "LGPL-2.1-or-later",
            "GPL-2.0-with-classpath-exception");

    private static final Path LIST = Path.of("..", "docs", "third-party.md");

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyShippedJarIsInTheBill(String service) throws IOException {
        Set<String> listed = new TreeSet<>();
        for (Component component : Sbom.of(service).components()) {
            listed.add(component.group() + "." + component.name() + "-" + component.version());
            assertThat(component.hashed())
                    .as("SHA-256 of " + component.coordinates())
                    .isTrue();
        }

        assertThat(shippedJars(service))
                .hasSizeGreaterThan(50)
                // A classifier may stand behind the version.
                .allSatisfy(
                        jar -> assertThat(listed).as(jar).anyMatch(it -> jar.equals(it) || jar.startsWith(it + "-")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyComponentMayBeUsed(String service) throws IOException {
        assertThat(Sbom.of(service).components())
                .filteredOn(component -> !component.isOurs())
                .hasSizeGreaterThan(50)
                .allSatisfy(component -> assertThat(component.licences())
                        .as("licences of " + component.coordinates())
                        .containsAnyElementsOf(ALLOWED));
    }

    @Test
    void theListOfThirdPartiesIsTrue() throws IOException {
        List<Component> all = new ArrayList<>();
        for (String service : SERVICES) {
            Sbom.of(service).components().stream()
                    .filter(component -> !component.isOurs() && !component.isOfOnePlatform())
                    .forEach(all::add);
        }
        String list = Files.readString(LIST);
        String expected = list.substring(0, list.indexOf("\n| group |") + 1) + table(all);
        Path made = Files.writeString(Path.of("target", "third-party.md"), expected);

        assertThat(list)
                .as("differs from what is shipped; where that is meant: cp system-tests/%s docs/third-party.md", made)
                .isEqualTo(expected);
    }

    /** Without versions, which the bill itself has: the list changes with what is used, not with each patch. */
    private static String table(List<Component> components) {
        TreeMap<String, TreeSet<String>> rows = components.stream()
                .collect(groupingBy(
                        component ->
                                component.group() + " | " + String.join(" or ", new TreeSet<>(component.licences())),
                        TreeMap::new,
                        mapping(Component::name, toCollection(TreeSet::new))));
        return rows.entrySet().stream()
                .map(row -> {
                    String[] key = row.getKey().split(" \\| ", 2);
                    return "| " + key[0] + " | " + String.join(", ", row.getValue()) + " | " + key[1] + " |\n";
                })
                .collect(joining("", "| group | artifacts | licence |\n|---|---|---|\n", ""));
    }

    /** Without ours, and what Quarkus generates. */
    private static List<String> shippedJars(String service) throws IOException {
        Path target = Path.of("..", service, "target");
        Path application = target.resolve("quarkus-app/lib");
        Path lib = Files.isDirectory(application)
                ? application
                // What a native image is made of.
                : target.resolve(service + "-1.0.0-SNAPSHOT-native-image-source-jar/lib");
        try (Stream<Path> files = Files.walk(lib)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".jar") && !file.startsWith("dev.holdfast."))
                    .map(file -> file.substring(0, file.length() - ".jar".length()))
                    .toList();
        }
    }
}
