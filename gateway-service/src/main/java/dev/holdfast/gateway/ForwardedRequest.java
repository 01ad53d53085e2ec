package dev.holdfast.gateway;

import dev.holdfast.replica.Replica;
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
final class ForwardedRequest {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Upstream upstream;
    private final String target;
    private final @Nullable Buffer body;
    private final long startNanos = System.nanoTime();
    private @Nullable HttpClientRequest forwarded;
    private @Nullable HttpClientResponse relayed;
    private @Nullable Replica replica;
    private int tried;
    private long sentNanos;
    private boolean retried;
    private boolean over;

    ForwardedRequest(HttpServerRequest request, Upstream upstream, String target, @Nullable Buffer body) {
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

    /** To the next replica that this request has not tried; false where none is left. */
    private boolean send() {
        Replica chosen = upstream.choose(tried);
        if (chosen == null) {
            return false;
        }
        leaveReplica();
        replica = chosen;
        tried |= chosen.bit();
        sentNanos = System.nanoTime();
        upstream.open(chosen, request.method(), target).onComplete(this::onConnection);
        return true;
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

    /**
     * Nothing of the request has left the gateway, so that another replica may have it, whatever its method is. A request
     * that only waited too long for a connection stays where it was: that replica is busy, and was the least busy of all.
     */
    private void notSent(Throwable cause) {
        if (cause instanceof TimeoutException) {
            fail(Problem.OVERLOADED, "No connection to the " + upstream.name() + " service became free in time", cause);
            return;
        }
        replicaFailed();
        if (send()) {
            upstream.meters().passedOver();
        } else if (!(cause instanceof HttpClosedException) || !retry()) {
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
            replicaFailed();
            fail(Problem.UPSTREAM_TIMEOUT, "The " + upstream.name() + " service did not answer in time", cause);
        } else if (!isSafe(request.method()) || !retry()) {
            fail(Problem.UPSTREAM_LOST, "The connection to the " + upstream.name() + " service was lost", cause);
        }
    }

    /**
     * A kept-alive connection may be closed by the service in the moment in which it is used again, or its replica may
     * have crashed. Once more then, to another replica where there is one, but only for methods without an effect: once a
     * request is written, nothing proves that it was not acted on. What a stopping service does about this is in
     * {@link Replica#answered}.
     */
    private boolean retry() {
        if (retried) {
            return false;
        }
        retried = true;
        if (!send()) {
            tried = 0;
            send();
        }
        upstream.meters().retried();
        return true;
    }

    private static boolean isSafe(HttpMethod method) {
        return method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
    }

    private void relay(HttpClientResponse answer) {
        if (replica != null) {
            replica.answered(sentNanos, answer.statusCode(), answer.getHeader(HttpHeaders.CONNECTION));
        }
        if (answer.statusCode() < 200) {
            // Vert.x knows 100 and 103 for what they are; the answer that follows any other would be nobody's.
            answer.exceptionHandler(reset -> {});
            answer.request().reset();
            fail(
                    Problem.UPSTREAM_LOST,
                    "The " + upstream.name() + " service did not answer in HTTP/1.1",
                    new IllegalStateException("Status " + answer.statusCode()));
            return;
        }
        response.setStatusCode(answer.statusCode()).setStatusMessage(answer.statusMessage());
        ForwardedHeaders.copyResponse(answer.headers(), response.headers());
        String announced = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean bodiless =
                request.method() == HttpMethod.HEAD || answer.statusCode() == 204 || answer.statusCode() == 304;
        response.setChunked(announced == null && !bodiless);
        relayed = answer;
        answer.exceptionHandler(cause -> lostWithinTheResponse(answer, cause));
        new ResponsePipe(
                        answer,
                        response,
                        announced == null ? -1 : Long.parseLong(announced),
                        () -> end(answer.statusCode()))
                .start();
    }

    /** May be told more than once of one response. */
    private void lostWithinTheResponse(HttpClientResponse lost, Throwable cause) {
        if (over || lost != relayed) {
            return;
        }
        relayed = null;
        if (response.headWritten()) {
            // Ending the response here would pass a part of it off as the whole.
            log("The " + upstream.name() + " service broke off its response", cause);
            end(Problem.UPSTREAM_LOST.status);
            request.connection().close();
            return;
        }
        response.headers().clear();
        if (!isSafe(request.method()) || !retry()) {
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

    private void replicaFailed() {
        if (replica != null) {
            replica.failed();
        }
    }

    private void leaveReplica() {
        if (replica != null) {
            replica.leave();
            replica = null;
        }
    }

    private void end(int status) {
        over = true;
        leaveReplica();
        upstream.leave();
        upstream.meters().finished(status, startNanos);
    }
}
