package dev.holdfast.gateway;

import dev.holdfast.headers.AnswerHeaders;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;

/** Writes a {@link Problem} as {@code application/problem+json}. */
final class Problems {
    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("application/problem+json");

    /** RFC 9113, section 7. */
    private static final long NO_ERROR = 0;

    private Problems() {}

    /** Does nothing where the response is already under way or its connection is gone. */
    static void send(HttpServerRequest request, Problem problem, String detail) {
        send(request, problem, new JsonObject().put("detail", detail).put("instance", instance(request)));
    }

    /** @param retryAfterSeconds in place of what the problem says by itself */
    static void send(HttpServerRequest request, Problem problem, String detail, long retryAfterSeconds) {
        send(
                request,
                problem,
                new JsonObject().put("detail", detail).put("instance", instance(request)),
                retryAfterSeconds);
    }

    /** For a request of which not even the path could be read. */
    static void sendWithoutInstance(HttpServerRequest request, Problem problem, String detail) {
        send(request, problem, new JsonObject().put("detail", detail));
    }

    private static void send(HttpServerRequest request, Problem problem, JsonObject occurrence) {
        send(request, problem, occurrence, problem.retryAfterSeconds);
    }

    private static void send(
            HttpServerRequest request, Problem problem, JsonObject occurrence, long retryAfterSeconds) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        AnswerHeaders.setForData(response.headers());
        response.setStatusCode(problem.status).putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE);
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        boolean unread = RequestBody.isAnnounced(request) && !request.isEnded();
        if (unread && !isHttp2) {
            // Nobody reads the rest of the body, so no other request can follow it.
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (retryAfterSeconds > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds));
        }
        Future<Void> sent = response.end(new JsonObject()
                .put("type", "about:blank")
                .put("title", problem.title)
                .put("status", problem.status)
                .mergeIn(occurrence)
                .put("code", problem.code)
                .put("trace_id", RequestTrace.id(request))
                .toBuffer());
        if (unread && isHttp2) {
            // RFC 9113, section 8.1: the rest of the body need not be sent.
            sent.onComplete(done -> response.reset(NO_ERROR));
        }
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
