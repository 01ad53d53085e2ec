package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md says which test shows what: those tests are there. */
class SecurityDocumentTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

    @Test
    void everyTestThatItNamesIsThere() throws IOException {
        Map<String, String> tests = tests();
        List<MatchResult> named = NAMED.matcher(Files.readString(Path.of("..", "docs", "security.md")))
                .results()
                .toList();
        assertThat(named).hasSizeGreaterThan(20).allSatisfy(it -> {
            assertThat(tests).containsKey(it.group(1));
            if (it.group(2) != null) {
                assertThat(tests.get(it.group(1))).contains("void " + it.group(2) + "(");
            }
        });
    }

    /** The sources of all tests, by class; of some name there is one in more than one module. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path sources : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : files.filter(it -> it.toString().matches(".*(Test|IT)\\.java"))
                            .toList()) {
                        String name = file.getFileName().toString();
                        tests.merge(
                                name.substring(0, name.indexOf('.')), Files.readString(file), (one, two) -> one + two);
                    }
                }
            }
        }
        return tests;
    }
}
