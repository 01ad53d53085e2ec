package dev.holdfast.rest;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Documents that every refusal is a problem (RFC 9457), and the refusals that any operation may answer with. */
final class ApiProblems {
    private static final String RETRY_AFTER = "Retry-After";
    private static final int UNAVAILABLE = 503;

    /** What the HTTP server, the router and the database may refuse whatever the operation is. */
    private static final Map<Integer, String> OF_ALL = Map.of(
            400, "BadRequest", 406, "NotAcceptable", 414, "UriTooLong", 431, "HeadersTooLarge", UNAVAILABLE, "Overloaded");

    private static final Map<Integer, String> OF_BODIES =
            Map.of(411, "LengthRequired", 413, "PayloadTooLarge", 415, "UnsupportedMediaType");

    /** Operators' paths are not there where they are switched off. */
    private static final Map<Integer, String> OF_OPERATORS = Map.of(404, "NotFound");

    private final OpenAPI document;

    ApiProblems(OpenAPI document) {
        this.document = document;
    }

    void complete() {
        for (Map<Integer, String> common : List.of(OF_ALL, OF_BODIES, OF_OPERATORS)) {
            common.forEach((status, name) -> document.getComponents().addResponse(name, response(status)));
        }
        document.getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations()
                        .forEach((method, operation) -> complete(path, method, operation)));
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        APIResponses responses = operation.getResponses();
        Map<String, APIResponse> sorted = new TreeMap<>(responses.getAPIResponses());
        sorted.forEach(ApiProblems::describe);
        add(OF_ALL, sorted);
        if (method != PathItem.HttpMethod.GET) {
            add(OF_BODIES, sorted);
        }
        if (path.startsWith("/admin/")) {
            add(OF_OPERATORS, sorted);
        }
        responses.setAPIResponses(sorted);
    }

    private static void add(Map<Integer, String> common, Map<String, APIResponse> responses) {
        common.forEach((status, name) ->
                responses.putIfAbsent(status.toString(), OASFactory.createAPIResponse().ref(name)));
    }

    /** The operation says which refusal it is, this what it looks like. */
    private static void describe(String status, APIResponse response) {
        if (status.compareTo("400") < 0) {
            return;
        }
        response.setContent(problem());
        if (status.equals(Integer.toString(UNAVAILABLE))) {
            response.addHeader(RETRY_AFTER, retryAfter());
        }
    }

    private static APIResponse response(int status) {
        APIResponse response = OASFactory.createAPIResponse()
                .description("%s: %s".formatted(StatusProblems.code(status), StatusProblems.detail(status)))
                .content(problem());
        return status == UNAVAILABLE ? response.addHeader(RETRY_AFTER, retryAfter()) : response;
    }

    private static Header retryAfter() {
        return OASFactory.createHeader()
                .description("Seconds after which to try again")
                .required(true)
                .schema(OASFactory.createSchema()
                        .type(List.of(Schema.SchemaType.INTEGER))
                        .minimum(BigDecimal.ONE));
    }

    private static Content problem() {
        return OASFactory.createContent()
                .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref("Problem")));
    }
}
