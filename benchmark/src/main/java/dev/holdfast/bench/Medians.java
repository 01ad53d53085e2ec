package dev.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The medians of several runs, figure by figure. */
final class Medians {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Medians() {}

    /** A run each of whose figures is the median of that figure; one that a run does not have counts as 0 there. */
    static Run of(List<Run> runs) {
        JsonMapper json = Report.JSON;
        return json.convertValue(
                median(runs.stream().<JsonNode>map(json::valueToTree).toList()), Run.class);
    }

    static double of(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static JsonNode median(List<JsonNode> nodes) {
        if (nodes.stream().anyMatch(JsonNode::isObject)) {
            ObjectNode object = NODES.objectNode();
            nodes.stream()
                    .flatMap(Medians::fields)
                    .distinct()
                    .forEach(field -> object.set(
                            field,
                            median(nodes.stream().map(node -> node.path(field)).toList())));
            return object;
        }
        if (nodes.stream().noneMatch(JsonNode::isNumber)) {
            return NODES.nullNode();
        }
        double median = of(nodes.stream().mapToDouble(JsonNode::asDouble).toArray());
        boolean whole = nodes.stream().noneMatch(JsonNode::isFloatingPointNumber);
        return whole ? NODES.numberNode(Math.round(median)) : NODES.numberNode(median);
    }

    private static Stream<String> fields(JsonNode node) {
        return node.propertyStream().map(Map.Entry::getKey);
    }
}
