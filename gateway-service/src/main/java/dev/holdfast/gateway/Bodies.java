package dev.holdfast.gateway;

import dev.holdfast.gateway.limit.ByteBudget;
import dev.holdfast.gateway.limit.Limit;
import dev.holdfast.gateway.limit.LimitMeters;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The bodies that are arriving on one event loop. Each has the same time for it, so the first is always the next to be too
 * late, and the one that others have to wait for.
 */
final class Bodies {
    private final ByteBudget budget;
    private final LimitMeters meters;
    private final Duration timeout;
    private final Set<RequestBody> arriving = new LinkedHashSet<>();
    private long nowNanos;

    Bodies(ByteBudget budget, LimitMeters meters, Duration timeout) {
        this.budget = budget;
        this.meters = meters;
        this.timeout = timeout;
    }

    /** Of the last {@link #check}. */
    long nowNanos() {
        return nowNanos;
    }

    void begins(RequestBody body) {
        arriving.add(body);
    }

    void ended(RequestBody body) {
        arriving.remove(body);
    }

    /**
     * Takes bytes of the budget, to be {@linkplain #giveBack given back}. Where it is used up, bodies that are arriving for
     * longer are refused in its favour: a client that sends at once is hardly ever among them.
     *
     * @return false where this body is the one that was refused
     */
    boolean take(RequestBody body, long bytes) {
        while (!budget.tryTake(bytes)) {
            RequestBody oldest = arriving.isEmpty() ? body : arriving.iterator().next();
            meters.met(Limit.BODY_BYTES);
            oldest.refuse(Problem.OVERLOADED, "The gateway holds too many bodies");
            if (oldest == body) {
                return false;
            }
        }
        return true;
    }

    void giveBack(long bytes) {
        budget.giveBack(bytes);
    }

    /** Refuses those that have taken too long. */
    void check(long time) {
        nowNanos = time;
        while (!arriving.isEmpty()) {
            RequestBody oldest = arriving.iterator().next();
            if (nowNanos - oldest.startNanos < timeout.toNanos()) {
                return;
            }
            meters.met(Limit.SLOW_BODY);
            oldest.refuse(Problem.REQUEST_TIMEOUT, "The body did not arrive within " + timeout.toSeconds() + " s");
        }
    }
}
