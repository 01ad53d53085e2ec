package dev.holdfast.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** An event that was applied, so that one that comes twice has one effect. */
@Entity
@Table(name = "inbox")
public class InboxEntry extends PanacheEntityBase {
    @Id
    @Column(name = "event_id")
    public UUID eventId;

    @Column(name = "received_at")
    public Instant receivedAt;

    /**
     * A statement, or a part of one, that records events in the caller's transaction. Its rows are the ids of those that were
     * not there before: those to apply. An event that another transaction is recording is waited for: it is new only if that
     * one rolls back.
     *
     * <p>It is for a consumer to send together with the statement that locks what its events are about: one round trip.
     *
     * @param incoming a query of distinct {@code event_id}s with the {@code user_id} of each
     */
    // Sorted, so that two replicas that were given the same events wait for each other instead of deadlocking.
    public static String firstSeenOf(String incoming) {
        return "insert into inbox (event_id, user_id) " + incoming
                + " order by event_id on conflict do nothing returning event_id";
    }

    /** Takes events out again that the caller's transaction has recorded. */
    public static void forget(Collection<UUID> eventIds) {
        delete("eventId in ?1", eventIds);
    }

    /** Removes the oldest of those that were received before then; returns how many. */
    // By their ids: as a subquery of the delete they are joined with the whole table by some plans.
    static int removeReceivedBefore(Instant then, int batchSize) {
        List<UUID> oldest = getEntityManager()
                .createQuery("select eventId from InboxEntry where receivedAt < :then order by receivedAt", UUID.class)
                .setParameter("then", then)
                .setMaxResults(batchSize)
                .getResultList();
        forget(oldest);
        return oldest.size();
    }
}
