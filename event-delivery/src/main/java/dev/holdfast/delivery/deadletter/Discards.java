package dev.holdfast.delivery.deadletter;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

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

    /** Discards a letter that waits, with the note why. */
    DiscardResult discard(UUID id, String note, @Nullable String operator) {
        DiscardResult result = QuarkusTransaction.requiringNew().call(() -> {
            DeadLetter letter = table.lock(id).orElse(null);
            if (letter == null) {
                return new DiscardResult.NotFound();
            } else if (letter.summary().status() != DeadLetterStatus.WAITING) {
                return new DiscardResult.NotWaiting(letter.summary().status());
            }
            return new DiscardResult.Discarded(table.handle(letter, DeadLetterAct.Kind.DISCARD, operator, note));
        });
        if (result instanceof DiscardResult.Discarded(DeadLetterSummary letter)) {
            metrics.counter("holdfast.dead.letters.discarded", "queue", letter.queue())
                    .increment();
            LOG.infof("Dead letter %s of queue %s was discarded", letter.id(), letter.queue());
        }
        return result;
    }
}
