package dev.holdfast.payment.hold;

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
    private final Counter swept;

    HoldMetrics(MeterRegistry registry) {
        held = registry.counter("holdfast.holds", "outcome", "held");
        insufficientFunds = registry.counter("holdfast.holds", "outcome", "insufficient_funds");
        refused = registry.counter("holdfast.holds", "outcome", "refused");
        swept = registry.counter("holdfast.holds.swept");
    }

    void count(HoldResult result) {
        Counter counter = switch (result) {
            case HoldResult.Held taken -> held;
            case HoldResult.InsufficientFunds none -> insufficientFunds;
            case HoldResult.AccountNotFound none -> refused;
            case HoldResult.OtherHold other -> refused;
            case HoldResult.AlreadyCaptured captured -> refused;
            case HoldResult.AlreadyReleased released -> refused;
        };
        counter.increment();
    }

    void countHeld(int holds) {
        held.increment(holds);
    }

    void countSwept(int holds) {
        swept.increment(holds);
    }
}
