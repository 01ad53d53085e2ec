package dev.holdfast.gateway;

import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to an upstream, and the response on its way back as it arrives. All of it happens on the event
 * loop of the client's connection, so nothing here is shared between threads.
 */
final class Exchange {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Upstream upstream;
    private final String target;
    private final @Nullable Buffer body;
    private final long startNanos = System.nanoTime();
    private @Nullable HttpClientRequest forwarded;
    private boolean retried;
    private boolean over;

    Exchange(HttpServerRequest request, Upstream upstream, String target, @Nullable Buffer body) {
        this.request = request;
        this.response = request.response();
        this.upstream = upstream;
        this.target = target;
        this.body = body;
    }

    void start() {
        if (!upstream.tryEnter()) {
            upstream.meters().finished(Problem.OVERLOADED.status, startNanos);
            Problems.send(
                    request, Problem.OVERLOADED, "Too many requests wait for the " + upstream.name() + " service");
            return;
        }
        response.exceptionHandler(failure -> clientIsGone());
        send();
    }

    private void send() {
        upstream.open(request.method(), target).onComplete(this::onConnection);
    }

    private void onConnection(AsyncResult<HttpClientRequest> connection) {
        if (over) {
            if (connection.succeeded()) {
                connection.result().reset();
            }
        } else if (connection.failed()) {
            notSent(connection.cause());
        } else {
            HttpClientRequest outgoing = connection.result();
            forwarded = outgoing;
            ForwardedHeaders.copyRequest(request, outgoing.headers());
            outgoing.response().onComplete(this::onResponse);
            if (body == null) {
                outgoing.end();
            } else {
                outgoing.end(body);
            }
        }
    }

    private void notSent(Throwable cause) {
        if (cause instanceof HttpClosedException && !retried) {
            retry();
        } else if (cause instanceof TimeoutException) {
            fail(Problem.OVERLOADED, "No connection to the " + upstream.name() + " service became free in time", cause);
        } else {
            fail(Problem.UPSTREAM_UNREACHABLE, "The " + upstream.name() + " service cannot be reached", cause);
        }
    }

    private void onResponse(AsyncResult<HttpClientResponse> answer) {
        if (over) {
            return;
        }
        if (answer.succeeded()) {
            relay(answer.result());
            return;
        }
        Throwable cause = answer.cause();
        if (cause instanceof TimeoutException) {
            fail(Problem.UPSTREAM_TIMEOUT, "The " + upstream.name() + " service did not answer in time", cause);
        } else if (cause instanceof HttpClosedException && !retried && isSafe(request.method())) {
            retry();
        } else {
            fail(Problem.UPSTREAM_LOST, "The connection to the " + upstream.name() + " service was lost", cause);
        }
    }

    /**
     * A kept-alive connection may be closed by the service in the moment in which it is used again. Once more then, but
     * only for methods without an effect: whether another one was acted on cannot be known.
     */
    private void retry() {
        retried = true;
        upstream.meters().retried();
        send();
    }

    private static boolean isSafe(HttpMethod method) {
        return method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
    }

    private void relay(HttpClientResponse answer) {
        response.setStatusCode(answer.statusCode()).setStatusMessage(answer.statusMessage());
        ForwardedHeaders.copyResponse(answer.headers(), response.headers());
        String announced = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean bodiless =
                request.method() == HttpMethod.HEAD || answer.statusCode() == 204 || answer.statusCode() == 304;
        if (announced == null && !bodiless) {
            response.setChunked(true);
        }
        answer.exceptionHandler(this::lostWithinTheResponse);
        new Relay(answer, response, announced == null ? -1 : Long.parseLong(announced), () -> end(answer.statusCode()))
                .start();
    }

    /** Ending the response here would pass a part of it off as the whole. */
    private void lostWithinTheResponse(Throwable cause) {
        if (over) {
            return;
        }
        if (response.headWritten()) {
            log("The " + upstream.name() + " service broke off its response", cause);
            end(Problem.UPSTREAM_LOST.status);
            request.connection().close();
        } else {
            response.headers().clear();
            fail(Problem.UPSTREAM_LOST, "The connection to the " + upstream.name() + " service was lost", cause);
        }
    }

    private void fail(Problem problem, String detail, Throwable cause) {
        log(detail, cause);
        end(problem.status);
        Problems.send(request, problem, detail);
    }

    private void clientIsGone() {
        if (over) {
            return;
        }
        end(UpstreamMeters.CLIENT_GONE);
        if (forwarded != null) {
            forwarded.reset();
        }
    }

    private void log(String what, Throwable cause) {
        upstream.failures().warn(request.method() + " " + request.path(), what, cause);
    }

    private void end(int status) {
        over = true;
        upstream.leave();
        upstream.meters().finished(status, startNanos);
    }
}
