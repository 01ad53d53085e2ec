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
    private static final int UNSUPPORTED = 415;

    /** What the HTTP server, the router and the database may refuse whatever the operation is. */
    private static final Map<Integer, String> OF_ALL = Map.of(
            400,
            "BadRequest",
            406,
            "NotAcceptable",
            414,
            "UriTooLong",
            431,
            "HeadersTooLarge",
            UNAVAILABLE,
            "Overloaded");

    private static final Map<Integer, String> OF_BODIES =
            Map.of(411, "LengthRequired", 413, "PayloadTooLarge", UNSUPPORTED, "UnsupportedMediaType");

    /** Operators' paths are not there where they are switched off. */
    private static final Map<Integer, String> OF_OPERATORS = Map.of(404, "NotFound");

    private final OpenAPI document;

    ApiProblems(OpenAPI document) {
        this.document = document;
    }

    void complete() {
        document.getPaths()
                .getPathItems()
                .forEach((path, item) ->
                        item.getOperations().forEach((method, operation) -> complete(path, method, operation)));
    }

    private void complete(String path, PathItem.HttpMethod method, Operation operation) {
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

    private void add(Map<Integer, String> common, Map<String, APIResponse> responses) {
        common.forEach((status, name) -> {
            if (responses.putIfAbsent(
                            status.toString(), OASFactory.createAPIResponse().ref(name))
                    == null) {
                document.getComponents().addResponse(name, response(status));
            }
        });
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
        return switch (status) {
            case UNAVAILABLE -> response.addHeader(RETRY_AFTER, retryAfter());
            case UNSUPPORTED -> response.addHeader("Accept-Encoding", acceptEncoding());
            default -> response;
        };
    }

    private static Header retryAfter() {
        return OASFactory.createHeader()
                .description("Seconds after which to try again")
                .required(true)
                .schema(OASFactory.createSchema()
                        .type(List.of(Schema.SchemaType.INTEGER))
                        .minimum(BigDecimal.ONE));
    }

    private static Header acceptEncoding() {
        return OASFactory.createHeader()
                .description("Where the body had a Content-Encoding: none is read (RFC 9110, 15.5.16)")
                .schema(OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING)));
    }

    private static Content problem() {
        return OASFactory.createContent()
                .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref("Problem")));
    }
}
