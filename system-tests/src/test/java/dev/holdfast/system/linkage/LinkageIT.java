package dev.holdfast.system.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No class that a service is packaged with refers to a field or method that is not there. A library that was compiled
 * against another version of a second one does, and runs on the JVM until that line is reached.
 */
class LinkageIT {
    private static final String OURS = "dev/holdfast/";
    /** Classes whose references lead nowhere and are never followed, by their beginning, and why. */
    private static final Map<String, String> HARMLESS = Map.of(
            "io/netty/util/internal/CleanerJava9 -> io/netty/util/internal/CleanerJava9.INVOKE_CLEANER ",
            "Quarkus has taken the field and all code that reads it out; only the name is left in the class",
            "io/netty/util/internal/CleanerJava9$2 -> io/netty/util/internal/CleanerJava9.access$000 ",
            "used under a SecurityManager only, which this JDK has no more",
            "org/postgresql/util/LazyCleanerImpl$Node -> org/postgresql/util/LazyCleanerImpl.access$",
            "belongs to the LazyCleanerImpl of Java 8, which the jar replaces for later ones");

    @ParameterizedTest
    @ValueSource(strings = {"gateway-service", "order-service", "payment-service"})
    void everyMemberThatAPackagedClassRefersToIsThere(String service) throws IOException {
        Linkage.Result result = Linkage.check(new ClassPath(jars(service)));

        System.out.printf(
                "%s: %d references to members, and to %d classes of libraries that are left out%n",
                service, result.references(), result.absent().size());
        assertThat(result.references()).isGreaterThan(100_000);
        assertThat(result.missing())
                .filteredOn(missing -> HARMLESS.keySet().stream().noneMatch(missing::startsWith))
                .as("members that are not there")
                .isEmpty();
        assertThat(result.absent())
                .as("our own classes rely on nothing that may be left out")
                .allSatisfy((absent, user) -> assertThat(user).doesNotStartWith(OURS));
    }

    /** What Quarkus has rewritten comes before what it was made of. */
    private static List<Path> jars(String service) throws IOException {
        Path target = Path.of("..", service, "target");
        List<Path> jars = new ArrayList<>();
        // The second is what a native image is made of.
        for (String folder : List.of("quarkus-app", service + "-1.0.0-SNAPSHOT-native-image-source-jar")) {
            if (jars.isEmpty() && Files.isDirectory(target.resolve(folder))) {
                try (Stream<Path> files = Files.walk(target.resolve(folder))) {
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .sorted()
                            .forEach(jars::add);
                }
            }
        }
        assertThat(jars).as("the packaged " + service).isNotEmpty();
        return jars.stream()
                .sorted((left, right) -> Boolean.compare(isTransformed(right), isTransformed(left)))
                .toList();
    }

    private static boolean isTransformed(Path jar) {
        return jar.getFileName().toString().startsWith("transformed");
    }
}
