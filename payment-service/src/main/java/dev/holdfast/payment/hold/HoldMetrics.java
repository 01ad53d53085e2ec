package dev.holdfast.payment.hold;

import dev.holdfast.payment.hold.HoldResult.NotHeld;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts holds by what came of them; the counters are found once, not by name at each hold. */
@ApplicationScoped
@Startup
class HoldMetrics {
    private final Counter held;
    private final Counter insufficientFunds;
    private final Counter refused;
    private final Counter busy;
    private final Counter undecided;
    private final Counter swept;
    private final Counter removed;

    HoldMetrics(MeterRegistry registry) {
        held = registry.counter("holdfast.holds", "outcome", "held");
        insufficientFunds = registry.counter("holdfast.holds", "outcome", "insufficient_funds");
        refused = registry.counter("holdfast.holds", "outcome", "refused");
        busy = registry.counter("holdfast.holds", "outcome", "account_busy");
        undecided = registry.counter("holdfast.holds", "outcome", "undecided");
        swept = registry.counter("holdfast.holds.swept");
        removed = registry.counter("holdfast.holds.removed");
    }

    void count(HoldResult result) {
        Counter counter = switch (result) {
            case HoldResult.Held taken -> held;
            case NotHeld.INSUFFICIENT_FUNDS -> insufficientFunds;
            case NotHeld.ACCOUNT_NOT_FOUND,
                    NotHeld.ACCOUNT_FROZEN,
                    NotHeld.ACCOUNT_CLOSED,
                    NotHeld.HOLD_CONFLICT,
                    NotHeld.HOLD_CAPTURED,
                    NotHeld.HOLD_RELEASED -> refused;
            case NotHeld.ACCOUNT_BUSY -> busy;
            case NotHeld.OF_NEWER_VERSION -> undecided;
        };
        counter.increment();
    }

    void countRemoved(int holds) {
        removed.increment(holds);
    }

    void countSwept(int holds) {
        swept.increment(holds);
    }
}
