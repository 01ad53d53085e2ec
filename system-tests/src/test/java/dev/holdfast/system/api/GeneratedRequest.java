package dev.holdfast.system.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.holdfast.system.api.Candidates.Candidate;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A request that an operation's schemas allow, or forbid in one point.
 *
 * @param target path and query
 * @param headers names and values in turn
 * @param body null for none
 * @param forbidden what the schema has against it; empty where nothing
 * @param field what is forbidden there, empty where it is the body as a whole
 */
public record GeneratedRequest(
        ApiOperation operation,
        String target,
        List<String> headers,
        String body,
        List<String> forbidden,
        String field) {

    private static final String LEFT_OUT = "(left out)";

    /**
     * All for one operation.
     *
     * @param known values of parameters by their names, for example the id of an account that exists
     */
    public static List<GeneratedRequest> all(
            ServedApi api, ApiOperation operation, Map<String, String> known, Random random) {
        return new Maker(api, operation, known, random).all();
    }

    private record Maker(ServedApi api, ApiOperation operation, Map<String, String> known, Candidates candidates) {
        Maker(ServedApi api, ApiOperation operation, Map<String, String> known, Random random) {
            this(api, operation, known, new Candidates(api, random));
        }

        List<GeneratedRequest> all() {
            List<GeneratedRequest> all = new ArrayList<>();
            JsonNode body = operation.node().at("/requestBody/content/application~1json/schema");
            if (body.isMissingNode()) {
                all.add(request(Map.of(), null, List.of(), ""));
            } else {
                all.add(request(Map.of(), candidates.base(body), List.of(), ""));
                for (Candidate candidate : candidates.of(body)) {
                    List<String> forbidden = api.schemas().errors(body, candidate.value());
                    all.add(request(Map.of(), candidate.value(), forbidden, candidate.field()));
                }
            }
            JsonNode right = body.isMissingNode() ? null : candidates.base(body);
            operation.node().path("parameters").forEach(parameter -> {
                for (String value : texts(parameter)) {
                    List<String> forbidden = api.schemas().errors(parameter.path("schema"), typed(parameter, value));
                    String name = parameter.path("name").asText();
                    all.add(request(Map.of(name, value), right, forbidden, name));
                }
                if (parameter.path("in").asText().equals("query")
                        && parameter.path("required").asBoolean()) {
                    String name = parameter.path("name").asText();
                    all.add(request(Map.of(name, LEFT_OUT), right, List.of(name + " is required"), name));
                }
            });
            return all;
        }

        /** The texts that can be sent in this place. */
        private List<String> texts(JsonNode parameter) {
            String place = parameter.path("in").asText();
            Stream<String> values = candidates.of(parameter.path("schema")).stream()
                    .map(Candidate::value)
                    .filter(JsonNode::isValueNode)
                    .filter(value -> !value.isNull())
                    .map(JsonNode::asText);
            return Stream.concat(values, Stream.of(""))
                    .filter(text -> switch (place) {
                        case "path" -> text.matches("[!-~]+");
                        case "header" -> text.matches("[ -~]*") && text.equals(text.strip());
                        default -> true;
                    })
                    .distinct()
                    .toList();
        }

        /** The text as what it is read as. */
        private JsonNode typed(JsonNode parameter, String text) {
            String type = api.resolve(parameter.path("schema")).path("type").asText();
            JsonNodeFactory nodes = ServedApi.MAPPER.getNodeFactory();
            if (type.equals("integer") && text.matches("-?[0-9]+")) {
                return nodes.numberNode(Long.parseLong(text));
            }
            return type.equals("boolean") && text.matches("true|false")
                    ? nodes.booleanNode(text.equals("true"))
                    : nodes.textNode(text);
        }

        private GeneratedRequest request(
                Map<String, String> special, JsonNode body, List<String> forbidden, String field) {
            String path = operation.path();
            Map<String, String> query = new LinkedHashMap<>();
            List<String> headers = new ArrayList<>();
            for (JsonNode parameter : operation.node().path("parameters")) {
                String name = parameter.path("name").asText();
                if (!special.containsKey(name) && !parameter.path("required").asBoolean()) {
                    continue;
                }
                String value = special.getOrDefault(name, known.get(name));
                if (LEFT_OUT.equals(value)) {
                    continue;
                }
                String text = value == null
                        ? candidates.base(parameter.path("schema")).asText()
                        : value;
                switch (parameter.path("in").asText()) {
                    case "path" -> path = path.replace("{" + name + "}", encode(text));
                    case "query" -> query.put(name, text);
                    case "header" -> headers.addAll(List.of(name, text));
                    default -> throw new AssertionError("a parameter in an unknown place: " + parameter);
                }
            }
            List<String> pairs = new ArrayList<>();
            query.forEach((name, value) -> pairs.add(name + "=" + encode(value)));
            String target = pairs.isEmpty() ? path : path + "?" + String.join("&", pairs);
            return new GeneratedRequest(
                    operation, target, headers, body == null ? null : body.toString(), forbidden, field);
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
