package dev.holdfast.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * Follows one order at a time with GETs until its state is terminal: what a client sees, commit included. A small sample
 * only, whose high quantiles say little, because asking is load too.
 */
final class TerminalSample {
    private static final int OK = 200;
    private static final long PAUSE_BETWEEN_ORDERS_NANOS = 1_000_000_000;
    private static final long FIRST_PAUSE_MILLIS = 2;
    private static final long GIVE_UP_MICROS = 60_000_000;

    private final Vertx vertx;
    private final LoadRequests requests;
    private final Histogram seenTerminalMicros = Latencies.histogram();
    private long notBefore = System.nanoTime();
    private boolean following;
    private boolean stopped;

    TerminalSample(Vertx vertx, LoadRequests requests) {
        this.vertx = vertx;
        this.requests = requests;
    }

    Histogram seenTerminalMicros() {
        return seenTerminalMicros;
    }

    void stop() {
        stopped = true;
    }

    /** Follows this order unless one is followed already or was a moment ago. */
    void offer(UUID orderId, UUID userId, long sent) {
        if (following || System.nanoTime() - notBefore < 0) {
            return;
        }
        following = true;
        ask("/orders/" + orderId + "?user_id=" + userId, sent);
    }

    private void ask(String path, long sent) {
        if (stopped) {
            leave();
            return;
        }
        requests.read(path)
                .map(answer -> answer.status() == OK ? answer.body() : Buffer.buffer("{}"))
                .onComplete(answer -> {
                    long micros = Latencies.microsSince(sent);
                    if (answer.succeeded() && terminal(answer.result())) {
                        seenTerminalMicros.recordValue(micros);
                        leave();
                    } else if (micros > GIVE_UP_MICROS) {
                        leave();
                    } else {
                        // Ask less and less often: the error stays below a fifth of what is measured.
                        vertx.setTimer(Math.max(FIRST_PAUSE_MILLIS, micros / 5_000), ignored -> ask(path, sent));
                    }
                });
    }

    private void leave() {
        following = false;
        notBefore = System.nanoTime() + PAUSE_BETWEEN_ORDERS_NANOS;
    }

    private static boolean terminal(Buffer body) {
        String status = body.toJsonObject().getString("status", "");
        return status.equals("FINISHED") || status.equals("CANCELLED");
    }
}
