package dev.holdfast.payment.capture;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.EventHandler;
import dev.holdfast.delivery.Outbox;
import dev.holdfast.delivery.OutboxMessage;
import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.event.MalformedEventException;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.PaymentSucceeded;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Captures the money of a batch of orders, and answers each, in one transaction. */
@ApplicationScoped
public class Captures implements EventHandler<PaymentRequested> {
    private final Outbox outbox;
    private final CaptureLocks locks;
    private final CaptureTables tables;
    private final CaptureMetrics metrics;
    private final Clock clock;

    Captures(Outbox outbox, CaptureLocks locks, CaptureTables tables, CaptureMetrics metrics, Clock clock) {
        this.outbox = outbox;
        this.locks = locks;
        this.tables = tables;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public PaymentRequested read(byte[] body) throws MalformedEventException {
        return switch (PaymentEventJson.read(body)) {
            case PaymentRequested request -> request;
            case PaymentSucceeded result -> throw notARequest(result);
            case PaymentFailed result -> throw notARequest(result);
        };
    }

    private static MalformedEventException notARequest(PaymentEvent event) {
        return new MalformedEventException("a " + event.type() + " is no request to capture");
    }

    /**
     * Requests whose account is locked by somebody else are left out, and delay no other. Only where nothing else is there
     * to do are the locks waited for, a moment: or a much used account would be missed again and again.
     */
    @Override
    public Set<UUID> on(List<PaymentRequested> requests) {
        Set<UUID> leftOut = QuarkusTransaction.requiringNew().call(() -> capture(requests, false));
        if (!requests.stream().map(PaymentRequested::eventId).allMatch(leftOut::contains)) {
            return leftOut;
        }
        try {
            return QuarkusTransaction.requiringNew().call(() -> capture(requests, true));
        } catch (RuntimeException failure) {
            if (PassingFailure.isContention(failure)) {
                return leftOut;
            }
            throw failure;
        }
    }

    /** Returns the ids of those that were left out. */
    private Set<UUID> capture(List<PaymentRequested> all, boolean wait) {
        CaptureLocks.Received received = locks.lock(all, wait);
        // Each event once, also where it is there twice.
        List<PaymentRequested> requests = all.stream()
                .filter(request -> received.firstSeen().remove(request.eventId()))
                .toList();
        if (requests.isEmpty()) {
            return received.leftOut();
        }
        CaptureBatch batch = received.batch();
        List<CaptureOutcome> outcomes = requests.stream().map(batch::decide).toList();
        tables.write(batch);
        List<PaymentEvent> results = new ArrayList<>(requests.size());
        // Said in the events; nothing is decided by it.
        Instant now = clock.instant();
        for (int i = 0; i < requests.size(); i++) {
            results.add(result(requests.get(i), outcomes.get(i), now));
        }
        outbox.append(OutboxMessage.of(results));
        metrics.countAfterCommit(outcomes);
        return received.leftOut();
    }

    private static PaymentEvent result(PaymentRequested request, CaptureOutcome outcome, Instant now) {
        UUID eventId = UuidCreator.getTimeOrderedEpoch();
        return switch (outcome) {
            case CaptureOutcome.CaptureReserved reserved -> succeeded(eventId, request, now);
            case CaptureOutcome.CaptureAvailable free -> succeeded(eventId, request, now);
            case CaptureOutcome.AlreadyCaptured before -> succeeded(eventId, request, now);
            case CaptureOutcome.Refused refused ->
                new PaymentFailed(
                        eventId, request.orderId(), request.userId(), request.amount(), now, refused.reason());
        };
    }

    private static PaymentSucceeded succeeded(UUID eventId, PaymentRequested request, Instant now) {
        return new PaymentSucceeded(eventId, request.orderId(), request.userId(), request.amount(), now);
    }
}
