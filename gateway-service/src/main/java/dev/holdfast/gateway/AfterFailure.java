package dev.holdfast.gateway;

import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.TimeoutException;

/** What becomes of a request whose attempt to pass it on failed. This only decides; {@link ForwardedRequest} acts. */
sealed interface AfterFailure {
    /** It goes to a replica that it has not tried. */
    record TryNextReplica() implements AfterFailure {}

    /** It is sent once more, to another replica where there is one. */
    record SendAgain() implements AfterFailure {}

    /** The client is told. */
    record Answer(Problem problem, String detail) implements AfterFailure {}

    /** The client has a part of the answer, and its connection is closed: to end the answer would pass that part off as the whole. */
    record BreakOff() implements AfterFailure {}

    /**
     * Nothing of the request has left the gateway, so another replica may have it, whatever its method is. A request that
     * only waited too long for a connection stays where it was: that replica is busy, and was the least busy of all.
     *
     * @param untried whether there is a replica that the request has not tried
     * @param sentAgain whether it was sent again before
     */
    static AfterFailure withoutConnection(String service, Throwable cause, boolean untried, boolean sentAgain) {
        if (cause instanceof TimeoutException) {
            return new Answer(Problem.OVERLOADED, "No connection to the " + service + " service became free in time");
        }
        if (untried) {
            return new TryNextReplica();
        }
        if (cause instanceof HttpClosedException && !sentAgain) {
            return new SendAgain();
        }
        return new Answer(Problem.UPSTREAM_UNREACHABLE, "The " + service + " service cannot be reached");
    }

    /**
     * The request was sent, and no answer came. The service may have closed a kept-alive connection in the moment in which
     * it was used again, or its replica may have crashed. Nothing proves that the request was not acted on, so that only
     * one whose method has no effect is sent again. What a stopping service does about this is in {@link
     * dev.holdfast.replica.Replica#answered}.
     *
     * @param sentAgain whether it was sent again before
     */
    static AfterFailure withoutAnswer(String service, Throwable cause, HttpMethod method, boolean sentAgain) {
        if (cause instanceof TimeoutException) {
            return new Answer(Problem.UPSTREAM_TIMEOUT, "The " + service + " service did not answer in time");
        }
        return lost(service, method, sentAgain);
    }

    /**
     * The answer began and did not end.
     *
     * @param passedOn whether the client has a part of it already
     * @param sentAgain whether the request was sent again before
     */
    static AfterFailure withinAnswer(String service, boolean passedOn, HttpMethod method, boolean sentAgain) {
        return passedOn ? new BreakOff() : lost(service, method, sentAgain);
    }

    private static AfterFailure lost(String service, HttpMethod method, boolean sentAgain) {
        boolean hasNoEffect = method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
        return hasNoEffect && !sentAgain
                ? new SendAgain()
                : new Answer(Problem.UPSTREAM_LOST, "The connection to the " + service + " service was lost");
    }
}
