package dev.holdfast.gateway;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * Takes in a request's body before any upstream is asked: it is at most 64 KiB, and so a slow client holds no upstream
 * connection, a body of unknown length is counted before anybody acts on it, and a request can be sent a second time.
 */
final class RequestBody {
    private static final long DISCARD_TIME_MILLIS = 1_000;

    private final HttpServerRequest request;
    private final Vertx vertx;
    private final long limit;
    private final Handler<Buffer> complete;
    private final Buffer body = Buffer.buffer();
    private long timeoutTimer;
    private boolean refused;

    private RequestBody(HttpServerRequest request, Vertx vertx, long limit, Handler<Buffer> complete) {
        this.request = request;
        this.vertx = vertx;
        this.limit = limit;
        this.complete = complete;
    }

    static boolean isAnnounced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING) : !length.equals("0");
    }

    /** Content-Length was checked by the HTTP decoder: digits, and the same in each occurrence. */
    static boolean isAnnouncedLongerThan(long limit, HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && Long.parseLong(length) > limit;
    }

    /** @param complete is called at most once, with the whole body; never where the request was answered with a problem */
    static void collect(
            HttpServerRequest request, Vertx vertx, long limit, Duration timeout, Handler<Buffer> complete) {
        RequestBody body = new RequestBody(request, vertx, limit, complete);
        body.timeoutTimer = vertx.setTimer(
                timeout.toMillis(),
                timer -> body.refuse(
                        Problem.REQUEST_TIMEOUT, "The body did not arrive within " + timeout.toSeconds() + " s"));
        // Either the client is gone, or what it sends is no body and the HTTP decoder closes the connection.
        request.exceptionHandler(broken -> body.stop());
        request.handler(body::add);
        request.endHandler(end -> body.end());
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
    }

    /** Answers and closes the connection: what else comes on it would be the rest of the body. */
    static void refuse(HttpServerRequest request, Vertx vertx, Problem problem, String detail) {
        // Read on for a moment, because closing with unread input resets the connection and the client loses the
        // answer.
        request.handler(discarded -> {});
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Problems.send(request, problem, detail);
        vertx.setTimer(DISCARD_TIME_MILLIS, elapsed -> request.connection().close());
    }

    private void add(Buffer chunk) {
        if (refused) {
            return;
        }
        if (body.length() + (long) chunk.length() > limit) {
            refuse(Problem.PAYLOAD_TOO_LARGE, "A body may have at most " + limit + " bytes");
        } else {
            body.appendBuffer(chunk);
        }
    }

    private void end() {
        stop();
        if (!refused) {
            complete.handle(body);
        }
    }

    private void refuse(Problem problem, String detail) {
        refused = true;
        stop();
        refuse(request, vertx, problem, detail);
    }

    private void stop() {
        vertx.cancelTimer(timeoutTimer);
    }
}
