package dev.holdfast.gateway;

import dev.holdfast.headers.AnswerHeaders;
import dev.holdfast.replica.Replica;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to an upstream, and the response on its way back as it arrives. All of it happens on the event
 * loop of the client's connection, so nothing here is shared between threads.
 */
final class ForwardedRequest {
    /** RFC 9113, section 7. */
    private static final long INTERNAL_ERROR = 2;

    private final RoutingContext context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Upstream upstream;
    private final String target;
    private final @Nullable Buffer body;
    private final long startNanos = System.nanoTime();
    private @Nullable HttpClientRequest forwarded;
    /** The response that is passed back; null before it came and after it broke off. */
    private @Nullable HttpClientResponse passedBack;

    /** Those of the response that were there before it came. */
    private List<Map.Entry<String, String>> ownHeaders = List.of();

    private @Nullable Replica replica;
    /** The {@linkplain Replica#bit bits} of the replicas that it was sent to. */
    private int tried;

    private long sentNanos;
    private boolean sentAgain;
    private boolean over;

    ForwardedRequest(RoutingContext context, Upstream upstream, String target, @Nullable Buffer body) {
        this.context = context;
        this.request = context.request();
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
        context.addEndHandler(ended -> clientIsGone());
        send();
    }

    /** To a replica that this request has not tried; there must be one. */
    private void send() {
        Replica chosen = Objects.requireNonNull(upstream.choose(tried), "All replicas were tried");
        leaveReplica();
        replica = chosen;
        tried |= chosen.bit();
        sentNanos = System.nanoTime();
        upstream.open(chosen, request.method(), target).onComplete(this::onConnection);
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
        if (!(cause instanceof TimeoutException)) {
            replicaFailed();
        }
        act(AfterFailure.withoutConnection(upstream.name(), cause, upstream.hasOtherThan(tried), sentAgain), cause);
    }

    private void onResponse(AsyncResult<HttpClientResponse> answer) {
        if (over) {
            return;
        }
        if (answer.succeeded()) {
            passBack(answer.result());
            return;
        }
        Throwable cause = answer.cause();
        if (cause instanceof TimeoutException) {
            replicaFailed();
        }
        act(AfterFailure.withoutAnswer(upstream.name(), cause, request.method(), sentAgain), cause);
    }

    private void act(AfterFailure next, Throwable cause) {
        switch (next) {
            case AfterFailure.TryNextReplica other -> {
                send();
                upstream.meters().passedOver();
            }
            case AfterFailure.SendAgain again -> sendAgain();
            case AfterFailure.Answer(Problem problem, String detail) -> fail(problem, detail, cause);
            case AfterFailure.BreakOff broken -> breakOff(cause);
        }
    }

    private void sendAgain() {
        sentAgain = true;
        if (!upstream.hasOtherThan(tried)) {
            tried = 0;
        }
        send();
        upstream.meters().retried();
    }

    private void passBack(HttpClientResponse answer) {
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
        ownHeaders = response.headers().entries();
        ForwardedHeaders.copyResponse(answer.headers(), response.headers());
        AnswerHeaders.completeForData(response.headers());
        String announced = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean bodiless =
                request.method() == HttpMethod.HEAD || answer.statusCode() == 204 || answer.statusCode() == 304;
        response.setChunked(announced == null && !bodiless);
        passedBack = answer;
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
        if (over || lost != passedBack) {
            return;
        }
        passedBack = null;
        boolean passedOn = response.headWritten();
        if (!passedOn) {
            response.headers().clear();
            ownHeaders.forEach(header -> response.headers().add(header.getKey(), header.getValue()));
        }
        act(AfterFailure.withinAnswer(upstream.name(), passedOn, request.method(), sentAgain), cause);
    }

    private void breakOff(Throwable cause) {
        log("The " + upstream.name() + " service broke off its response", cause);
        end(Problem.UPSTREAM_LOST.status);
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(INTERNAL_ERROR);
        } else {
            request.connection().close();
        }
    }

    private void fail(Problem problem, String detail, Throwable cause) {
        log(detail, cause);
        end(problem.status);
        Problems.send(request, problem, detail);
    }

    /** Nothing to do where the answer was the end. */
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
