package dev.holdfast.payment.capture;

import dev.holdfast.event.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Counts captures by what came of them, once they are committed. */
@ApplicationScoped
@Startup
class CaptureMetrics {
    /** Told inside the transaction, heard after its commit. */
    record Decided(List<CaptureOutcome> outcomes) {}

    private final Event<Decided> decided;
    private final Counter captured;
    private final Counter capturedAnew;
    private final Counter repeated;
    private final Map<FailureReason, Counter> refused = new EnumMap<>(FailureReason.class);

    CaptureMetrics(MeterRegistry registry, Event<Decided> decided) {
        this.decided = decided;
        captured = registry.counter("holdfast.captures", "outcome", "captured");
        capturedAnew = registry.counter("holdfast.captures", "outcome", "captured_after_expiry");
        repeated = registry.counter("holdfast.captures", "outcome", "repeated");
        for (FailureReason reason : FailureReason.values()) {
            refused.put(reason, registry.counter("holdfast.captures", "outcome", reason.wireName()));
        }
    }

    void countAfterCommit(List<CaptureOutcome> outcomes) {
        decided.fire(new Decided(outcomes));
    }

    void count(@Observes(during = TransactionPhase.AFTER_SUCCESS) Decided committed) {
        committed.outcomes.forEach(outcome -> counter(outcome).increment());
    }

    private Counter counter(CaptureOutcome outcome) {
        return switch (outcome) {
            case CaptureOutcome.CaptureReserved reserved -> captured;
            case CaptureOutcome.CaptureAvailable free -> capturedAnew;
            case CaptureOutcome.AlreadyCaptured before -> repeated;
            case CaptureOutcome.Refused failure -> Objects.requireNonNull(refused.get(failure.reason()));
        };
    }
}
