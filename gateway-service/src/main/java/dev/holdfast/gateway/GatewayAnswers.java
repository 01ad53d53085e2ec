package dev.holdfast.gateway;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** Documents what the gateway answers in place of a service that did not, and of which the service knows nothing. */
final class GatewayAnswers {
    private static final List<Problem> OF_ALL =
            List.of(Problem.TOO_MANY_REQUESTS, Problem.UPSTREAM_LOST, Problem.UPSTREAM_TIMEOUT);
    private static final List<Problem> OF_BODIES = List.of(Problem.REQUEST_TIMEOUT);
    private static final String PREFIX = "Gateway_";

    private GatewayAnswers() {}

    /** Names them among the responses of an operation. */
    static void refer(String method, JsonObject operation) {
        JsonObject responses = operation.getJsonObject("responses");
        OF_ALL.forEach(problem -> refer(problem, responses));
        if (!method.equals("get")) {
            OF_BODIES.forEach(problem -> refer(problem, responses));
        }
    }

    /** What {@link #refer} refers to. */
    static void describe(JsonObject componentResponses) {
        OF_ALL.forEach(problem -> componentResponses.put(PREFIX + problem.status, response(problem)));
        OF_BODIES.forEach(problem -> componentResponses.put(PREFIX + problem.status, response(problem)));
    }

    private static void refer(Problem problem, JsonObject responses) {
        String status = Integer.toString(problem.status);
        if (!responses.containsKey(status)) {
            responses.put(status, new JsonObject().put("$ref", "#/components/responses/" + PREFIX + status));
        }
    }

    private static JsonObject response(Problem problem) {
        JsonObject response = new JsonObject()
                .put("description", problem.code + ": " + problem.title)
                .put("content", new JsonObject("""
                        {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                        """));
        return problem.retryAfterSeconds == 0 ? response : response.put("headers", new JsonObject("""
                        {"Retry-After": {
                            "description": "Seconds after which to try again",
                            "required": true,
                            "schema": {"type": "integer", "minimum": 1}}}
                        """));
    }
}
