package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** A service reduced to its inbox: records what it applies, and fails where an amount tells it to. */
@Singleton
public class RecordingHandler {
    private static final String FIRST_SEEN = InboxEntry.firstSeenOf(
            "select distinct event_id, null::uuid from unnest(?::uuid[]) as incoming (event_id)");

    static final byte[] UNREADABLE = "what the code does not foresee".getBytes(StandardCharsets.US_ASCII);
    static final BigDecimal POISON = new BigDecimal("66.60");
    static final BigDecimal BUG = new BigDecimal("66.61");
    static final BigDecimal LOCKED = new BigDecimal("66.63");
    static final BigDecimal CONTENDED = new BigDecimal("66.64");
    static final BigDecimal DEADLOCK_TWICE = new BigDecimal("66.62");

    final List<UUID> applied = new CopyOnWriteArrayList<>();
    final Set<UUID> duplicates = ConcurrentHashMap.newKeySet();
    /** What made events of the amount POISON impossible to apply is mended. */
    final AtomicBoolean mended = new AtomicBoolean();

    final AtomicBoolean locked = new AtomicBoolean();
    final AtomicInteger bugs = new AtomicInteger();
    final AtomicInteger deadlocks = new AtomicInteger();
    /** Transactions that were committed, those included that left events out. */
    final AtomicInteger calls = new AtomicInteger();

    private final Database database;
    private final BatchConsumer<PaymentEvent> consumer;

    RecordingHandler(Database database, BatchConsumers consumers, Handler handler) {
        this.database = database;
        handler.recorder = this;
        consumer = consumers.start("payment_requests", handler);
    }

    /** As if nothing had come yet. */
    void forget() {
        applied.clear();
        duplicates.clear();
        mended.set(false);
        locked.set(false);
        bugs.set(0);
        deadlocks.set(0);
        calls.set(0);
    }

    @Incoming("payment-requests")
    public Flow.Subscriber<Message<byte[]>> subscriber() {
        return consumer;
    }

    /** A bean of its own, so that the transaction's interceptor is called. */
    @Singleton
    public static class Handler implements EventHandler<PaymentEvent> {
        volatile RecordingHandler recorder;

        @Override
        public PaymentEvent read(byte[] body) throws MalformedEventException {
            if (Arrays.equals(body, UNREADABLE)) {
                throw new IllegalStateException("of.some.Class");
            }
            return PaymentEventJson.read(body);
        }

        @Override
        @Transactional
        public Set<UUID> on(List<PaymentEvent> events) {
            return recorder.apply(events);
        }
    }

    private Set<UUID> apply(List<PaymentEvent> all) {
        Map<Boolean, List<PaymentEvent>> byContended = all.stream()
                .collect(Collectors.partitioningBy(event -> event.amount().equals(CONTENDED) && locked.get()));
        List<PaymentEvent> events = byContended.get(false);
        Set<UUID> first = firstSeen(events);
        for (PaymentEvent event : events) {
            if (event.amount().equals(POISON) && !mended.get()) {
                throw new PoisonEventException("poison of order " + event.orderId());
            } else if (event.amount().equals(LOCKED) && locked.get()) {
                throw new DatabaseException("locked", new SQLException("lock timeout", "55P03"));
            } else if (event.amount().equals(BUG)) {
                bugs.incrementAndGet();
                throw new IllegalStateException("a bug");
            } else if (event.amount().equals(DEADLOCK_TWICE) && deadlocks.incrementAndGet() <= 2) {
                throw new DatabaseException("deadlock", new SQLException("deadlock detected", "40P01"));
            }
        }
        for (PaymentEvent event : events) {
            // One that is sent again may stand in the batch of its first copy.
            if (first.remove(event.eventId())) {
                applied.add(event.eventId());
            } else {
                duplicates.add(event.eventId());
            }
        }
        calls.incrementAndGet();
        return byContended.get(true).stream().map(PaymentEvent::eventId).collect(Collectors.toSet());
    }

    private Set<UUID> firstSeen(List<PaymentEvent> events) {
        return new HashSet<>(database.query(FIRST_SEEN, row -> Database.uuid(row, "event_id"), (Object)
                events.stream().map(PaymentEvent::eventId).toArray(UUID[]::new)));
    }
}
