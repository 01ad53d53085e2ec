package dev.holdfast.system.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Holds an answer against the document: its status, its content type, its headers and its body must all be in it. */
public final class AnswerCheck {
    private static final Pattern OTHER_PAGES = Pattern.compile("/|/(q|docs|openapi)(/.*)?");
    private static final String PROBLEM_TYPE = "application/problem+json";

    private final ServedApi api;

    public AnswerCheck(ServedApi api) {
        this.api = api;
    }

    /** What is not as documented; empty where all is, and for pages that are no part of the API. */
    public List<String> violations(String method, URI target, int status, HttpHeaders headers, String body) {
        String path = target.getRawPath();
        if (OTHER_PAGES.matcher(path).matches()) {
            return List.of();
        }
        Optional<ApiOperation> operation = api.operation(method, path);
        if (operation.isEmpty()) {
            // The document tells what is there; all else is refused, by a problem as everywhere.
            return status < 400 || status >= 500
                    ? List.of(method + " " + path + " is not documented")
                    : body(api.resolve(api.document().at("/components/responses/NotFound")), method, headers, body);
        }
        JsonNode response = api.resolve(operation.get().node().path("responses").path(Integer.toString(status)));
        if (response.isMissingNode()) {
            return List.of("status " + status + " is not documented for " + operation.get());
        }
        List<String> violations = new ArrayList<>(headers(response, headers));
        violations.addAll(body(response, method, headers, body));
        return violations;
    }

    private List<String> headers(JsonNode response, HttpHeaders headers) {
        List<String> violations = new ArrayList<>();
        response.path("headers").properties().forEach(documented -> {
            Optional<String> value = headers.firstValue(documented.getKey());
            if (value.isPresent()) {
                api.schemas()
                        .errors(documented.getValue().path("schema"), json(value.get()))
                        .forEach(error -> violations.add("header " + documented.getKey() + error));
            } else if (documented.getValue().path("required").asBoolean()) {
                violations.add("header " + documented.getKey() + " is missing");
            }
        });
        return violations;
    }

    private List<String> body(JsonNode response, String method, HttpHeaders headers, String body) {
        JsonNode content = response.path("content");
        if (content.isEmpty() || method.equals("HEAD")) {
            return body.isEmpty() ? List.of() : List.of("a body is not documented");
        }
        String type =
                headers.firstValue("Content-Type").orElse("none").split(";")[0].strip();
        if (!content.has(type)) {
            return List.of("content type " + type + " is not documented");
        }
        JsonNode json = read(body);
        List<String> violations = new ArrayList<>(
                api.schemas().errorsAndUnknowns(content.path(type).path("schema"), json));
        if (type.equals(PROBLEM_TYPE) && json.path("trace_id").asText().isEmpty()) {
            violations.add("a problem has a trace_id");
        }
        return violations;
    }

    /** A header's value, as the type that it looks like. */
    private static JsonNode json(String value) {
        return value.matches("true|false|-?[0-9]+")
                ? read(value)
                : ServedApi.MAPPER.getNodeFactory().textNode(value);
    }

    private static JsonNode read(String json) {
        try {
            return ServedApi.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            return ServedApi.MAPPER.getNodeFactory().textNode("no JSON: " + json);
        }
    }
}
