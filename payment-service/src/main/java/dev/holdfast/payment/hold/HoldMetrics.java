package dev.holdfast.payment.hold;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;

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
            case HoldResult.InsufficientFunds none -> insufficientFunds;
            case HoldResult.AccountNotFound none -> refused;
            case HoldResult.OtherHold other -> refused;
            case HoldResult.AlreadyCaptured captured -> refused;
            case HoldResult.AlreadyReleased released -> refused;
            case HoldResult.OfNewerVersion unknown -> undecided;
        };
        counter.increment();
    }

    void count(Collection<JointOutcome> outcomes) {
        for (JointOutcome outcome : outcomes) {
            Counter counter = switch (outcome) {
                case HELD -> held;
                case INSUFFICIENT_FUNDS -> insufficientFunds;
                case ACCOUNT_NOT_FOUND, HOLD_CONFLICT, HOLD_CAPTURED, HOLD_RELEASED -> refused;
                case ACCOUNT_BUSY -> busy;
                case UNDECIDED -> undecided;
            };
            counter.increment();
        }
    }

    void countRemoved(int holds) {
        removed.increment(holds);
    }

    void countSwept(int holds) {
        swept.increment(holds);
    }
}
