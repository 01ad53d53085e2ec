package dev.holdfast.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Writes a {@link Problem} as {@code application/problem+json}. */
final class Problems {
    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("application/problem+json");

    private Problems() {}

    /** Does nothing where the response is already under way or its connection is gone. */
    static void send(HttpServerRequest request, Problem problem, String detail) {
        send(request, problem, new JsonObject().put("detail", detail).put("instance", instance(request)));
    }

    /** For a request of which not even the path could be read. */
    static void sendWithoutInstance(HttpServerRequest request, Problem problem, String detail) {
        send(request, problem, new JsonObject().put("detail", detail));
    }

    private static void send(HttpServerRequest request, Problem problem, JsonObject occurrence) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        response.setStatusCode(problem.status).putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE);
        if (RequestBody.isAnnounced(request) && !request.isEnded()) {
            // Nobody reads the rest of the body, so no other request can follow it.
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (problem.retryAfterSeconds > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds));
        }
        response.end(new JsonObject()
                .put("type", "about:blank")
                .put("title", problem.title)
                .put("status", problem.status)
                .mergeIn(occurrence)
                .put("code", problem.code)
                .put("trace_id", RequestTrace.id(request))
                .toBuffer());
    }

    /** The path as sent, since a normalised one would hide what was wrong with it; cut, as it may be the very thing that is too long. */
    private static String instance(HttpServerRequest request) {
        String path = request.path();
        if (path == null) {
            return "";
        }
        return path.length() <= 256 ? path : path.substring(0, 256);
    }
}
