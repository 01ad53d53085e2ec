package dev.holdfast.gateway;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads the body of a request into memory before anything is sent on. So a slow client holds no upstream connection, a
 * body of unknown length is counted and its chunks are checked first, and the request can be sent a second time.
 */
final class RequestBody {

    final long startNanos;
    private final HttpServerRequest request;
    private final Bodies bodies;
    private final long limit;
    private final Handler<Buffer> complete;
    private Buffer body = Buffer.buffer();
    private long taken;
    private boolean refused;

    private RequestBody(HttpServerRequest request, Bodies bodies, long limit, Handler<Buffer> complete) {
        this.request = request;
        this.bodies = bodies;
        this.startNanos = bodies.nowNanos();
        this.limit = limit;
        this.complete = complete;
    }

    static boolean isAnnounced(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            // It may begin without a word, and is over where the request is.
            return true;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING) : !length.equals("0");
    }

    /** Content-Length was checked by the HTTP decoder: digits, and the same in each occurrence. */
    static boolean isAnnouncedLongerThan(long limit, HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && Long.parseLong(length) > limit;
    }

    /**
     * @param bodies of this event loop
     * @param limit in bytes
     * @param complete is called at most once, with the whole body; never where the request was answered with a problem
     */
    static void collect(RoutingContext context, Bodies bodies, long limit, Handler<Buffer> complete) {
        HttpServerRequest request = context.request();
        RequestBody body = new RequestBody(request, bodies, limit, complete);
        bodies.begins(body);
        context.addEndHandler(answered -> body.release());
        request.exceptionHandler(clientIsGone -> body.release());
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
        } else if (bodies.take(this, chunk.length())) {
            taken += chunk.length();
            body.appendBuffer(chunk);
        }
    }

    private void end() {
        bodies.ended(this);
        if (refused) {
            return;
        }
        if (request.decoderResult().isFailure()) {
            Problems.send(request, Problem.MALFORMED_REQUEST, "The body is not chunked as RFC 9112 says");
        } else {
            complete.handle(body);
        }
    }

    /** What has arrived is forgotten at once. */
    void refuse(Problem problem, String detail) {
        refused = true;
        release();
        body = Buffer.buffer();
        Problems.send(request, problem, detail);
    }

    private void release() {
        bodies.ended(this);
        bodies.giveBack(taken);
        taken = 0;
    }
}
