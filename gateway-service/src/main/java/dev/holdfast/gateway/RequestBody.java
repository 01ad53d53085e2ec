package dev.holdfast.gateway;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * Reads the body of a request into memory before anything is sent on. So a slow client holds no upstream connection, a
 * body of unknown length is counted and its chunks are checked first, and the request can be sent a second time.
 */
final class RequestBody {
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
        request.exceptionHandler(clientIsGone -> body.stop());
        request.handler(body::add);
        request.endHandler(end -> body.end());
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
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
        if (refused) {
            return;
        }
        if (request.decoderResult().isFailure()) {
            Problems.send(request, Problem.MALFORMED_REQUEST, "The body is not chunked as RFC 9112 says");
        } else {
            complete.handle(body);
        }
    }

    private void refuse(Problem problem, String detail) {
        refused = true;
        stop();
        Problems.send(request, problem, detail);
    }

    private void stop() {
        vertx.cancelTimer(timeoutTimer);
    }
}
