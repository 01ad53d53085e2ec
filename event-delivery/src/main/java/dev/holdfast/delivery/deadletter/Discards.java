package dev.holdfast.delivery.deadletter;

import dev.holdfast.rest.access.Acting;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Gives dead letters up. */
@ApplicationScoped
public class Discards {
    private static final Logger LOG = Logger.getLogger(Discards.class);

    private final DeadLetterTable table;
    private final MeterRegistry metrics;

    Discards(DeadLetterTable table, MeterRegistry metrics) {
        this.table = table;
        this.metrics = metrics;
    }

    /** Discards a dead letter that waits, with the note why. */
    DiscardResult discard(UUID id, String note, Acting operator) {
        DiscardResult result = QuarkusTransaction.requiringNew().call(() -> {
            DeadLetterTable.Locked locked = table.lock(id).orElse(null);
            if (locked == null) {
                return new DiscardResult.NotFound();
            } else if (locked.claimed()) {
                return new DiscardResult.Busy();
            }
            DeadLetter deadLetter = locked.deadLetter();
            return deadLetter.summary().status() == DeadLetterStatus.WAITING
                    ? new DiscardResult.Discarded(table.discarded(deadLetter, operator, note))
                    : new DiscardResult.NotWaiting(deadLetter.summary().status());
        });
        if (result instanceof DiscardResult.Discarded(DeadLetterSummary deadLetter)) {
            metrics.counter("holdfast.dead.letters.discarded", "queue", deadLetter.queue())
                    .increment();
            LOG.infof("Dead letter %s of queue %s was discarded", deadLetter.id(), deadLetter.queue());
        }
        return result;
    }
}
