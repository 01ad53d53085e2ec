package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md names every setting with its default, and no other. */
class ConfigurationDocumentTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(holdfast\\.[^`]+)` \\| (?:`([^`]*)`|–) \\| .+ \\|$");

    private static final String MAPPING = "io.smallrye.config.ConfigMapping";
    private static final String DEFAULT = "io.smallrye.config.WithDefault";

    @Test
    void namesEverySettingWithItsDefault() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("../docs/configuration.md")))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2) == null ? "none" : row.group(2)));
        assertThat(documented).isEqualTo(settings());
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        new ClassFileImporter()
                        .importPaths(Stream.of(
                                        "access",
                                        "event-delivery",
                                        "rest-contract",
                                        "gateway-service",
                                        "order-service",
                                        "payment-service")
                                .map(module -> Path.of("..", module, "target", "classes"))
                                .toList())
                        .stream()
                        .filter(type -> type.isAnnotatedWith(MAPPING))
                        .forEach(type -> add(
                                type.getAnnotationOfType(MAPPING).get("prefix").orElseThrow() + "", type, settings));
        return settings;
    }

    private static void add(String prefix, JavaClass mapping, Map<String, String> settings) {
        for (JavaMethod method : mapping.getMethods()) {
            String name = prefix + "." + kebabCase(method.getName());
            JavaClass type = method.getRawReturnType();
            if (type.isAssignableTo(Map.class)) {
                JavaType values = ((JavaParameterizedType) method.getReturnType())
                        .getActualTypeArguments()
                        .get(1);
                add(name + ".<name>", values.toErasure(), settings);
            } else if (type.getPackageName().startsWith("dev.holdfast") && !type.isEnum()) {
                add(name, type, settings);
            } else {
                settings.put(
                        name,
                        method.tryGetAnnotationOfType(DEFAULT)
                                .flatMap(annotation -> annotation.get("value"))
                                .map(Object::toString)
                                .orElse("none"));
            }
        }
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
