package dev.holdfast.system.watching;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the rules and dashboards of observability/ ask Prometheus for. */
public final class Watched {
    public static final Path DIRECTORY = Path.of("..", "observability");
    static final Path RULES = DIRECTORY.resolve("prometheus/rules.yml");

    private static final Pattern WITHOUT_METRICS =
            Pattern.compile("\\b(by|on|ignoring|without)\\s*\\([^)]*\\)|\\[[\\w$]+]");
    /** A metric's name with its labels; not a function, an operator or a number. */
    private static final Pattern SELECTOR = Pattern.compile(
            "(?<![\\w.\"])(?!(?:and|or|unless|bool|by|on)\\b)([a-zA-Z_:][\\w:]*)(\\{[^}]*})?(?![\\w:]|\\s*\\()");

    private Watched() {}

    public static JsonNode rules() throws IOException {
        return new YAMLMapper().readTree(RULES.toFile());
    }

    public static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        rules().get("groups").forEach(group -> group.get("rules").forEach(alerts::add));
        return alerts;
    }

    public static List<JsonNode> dashboards() throws IOException {
        List<JsonNode> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY.resolve("grafana/dashboards"))) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(new YAMLMapper().readTree(file.toFile()));
            }
        }
        return dashboards;
    }

    /** Each metric that is asked for, with the labels that it must have. */
    public static Set<String> selectors() throws IOException {
        Set<String> selectors = new TreeSet<>();
        for (JsonNode alert : alerts()) {
            selectors.addAll(selectorsOf(alert.get("expr").asText()));
        }
        for (JsonNode dashboard : dashboards()) {
            dashboard.findValuesAsText("expr").forEach(expression -> selectors.addAll(selectorsOf(expression)));
        }
        return selectors;
    }

    static Set<String> selectorsOf(String expression) {
        Set<String> selectors = new TreeSet<>();
        SELECTOR.matcher(WITHOUT_METRICS.matcher(expression).replaceAll(" "))
                .results()
                .map(match -> match.group())
                .filter(selector -> !selector.startsWith("ALERTS"))
                .forEach(selectors::add);
        return selectors;
    }
}
