package dev.holdfast.order.reconciliation;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What operators ask of reconciliation. */
@ApplicationScoped
class Reconciliations {
    /** What came of a pass that was asked for. */
    sealed interface Requested {
        /** It is complete. */
        record Complete() implements Requested {}

        /** It is complete once so many passes are. */
        record UnderWay(long pass) implements Requested {}

        /** It was begun and not completed. */
        record Failed(String why) implements Requested {}
    }

    private static final Duration POLL = Duration.ofMillis(100);

    private final Passes passes;
    private final Discrepancies discrepancies;
    private final ReconciliationWorker worker;
    private final ReconciliationConfig config;

    Reconciliations(
            Passes passes, Discrepancies discrepancies, ReconciliationWorker worker, ReconciliationConfig config) {
        this.passes = passes;
        this.discrepancies = discrepancies;
        this.worker = worker;
        this.config = config;
    }

    /** @param limit discrepancies listed at most */
    ReconciliationReport report(int limit) {
        Passes.Status status = passes.status(Passes.Name.FULL);
        Map<Kind, Long> open = discrepancies.countOpen();
        return new ReconciliationReport(
                status.passes(),
                status.failures(),
                status.running(),
                status.lastStartedAt(),
                status.lastFinishedAt(),
                status.lastError(),
                status.seen().orders(),
                status.seen().accounts(),
                status.seen().unverified(),
                status.seen().inFlight(),
                open.values().stream().mapToLong(Long::longValue).sum(),
                open,
                discrepancies.newestOpen(limit));
    }

    /** Lets a pass over everything begin as soon as may be, on whichever replica, and waits for a while for its end. */
    Requested run() {
        long failures = passes.status(Passes.Name.FULL).failures();
        long pass = passes.request();
        worker.wake();
        long untilNanos = System.nanoTime() + config.maxWait().toNanos();
        while (true) {
            Passes.Status status = passes.status(Passes.Name.FULL);
            if (status.passes() >= pass) {
                return new Requested.Complete();
            }
            @Nullable String error = status.lastError();
            if (status.failures() > failures && error != null) {
                return new Requested.Failed(error);
            }
            if (untilNanos - System.nanoTime() < 0) {
                return new Requested.UnderWay(pass);
            }
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
