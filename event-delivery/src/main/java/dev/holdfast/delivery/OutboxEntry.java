package dev.holdfast.delivery;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.tracing.BatchSpans;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One message to be published, or published already. Whatever stores, claims, marks, counts or removes such rows is here: what
 * happens for each message as SQL over many rows, the rest by Panache (docs/decisions/0002).
 */
@Entity
@Table(name = "outbox")
public class OutboxEntry extends PanacheEntityBase {
    static final String INSERT = """
            insert into outbox (event_id, order_id, user_id, type, destination, payload, traceparent)
            select * from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::text[])
                as event (event_id, order_id, user_id, type, destination, payload, traceparent)
            """;

    /**
     * @param refused how many of them the broker has refused or not confirmed before
     * @param oldest when the oldest was appended; null where all are sent
     */
    @RegisterForReflection
    record Backlog(long unsent, long refused, @Nullable Instant oldest) {}

    private static final String MARK_SENT = "update outbox set sent_at = now() where seq = any(?)";

    /** A row that another replica claims at the same moment is locked, and after that no longer due. */
    private static final String MARK_SENT_AND_CLAIM_DUE = MARK_SENT + """
            ; update outbox set claimed_until = now() + ? * interval '1 millisecond' where seq = any(array(
                select seq from outbox
                where sent_at is null and next_attempt_at <= now()
                    and (claimed_until is null or claimed_until <= now())
                order by next_attempt_at, seq limit ? for update skip locked))
            returning seq, event_id, order_id, type, destination, payload, traceparent
            """;

    @Id
    public Long seq;

    @Column(name = "event_id")
    public UUID eventId;

    /** What the message is about: an order's id. */
    @Column(name = "order_id")
    public UUID subject;

    public String type;

    /** The routing key, which is the name of the queue. */
    public String destination;

    /** The JSON that is sent, in UTF-8. */
    public byte[] payload;

    /** The W3C trace context of the request or event that caused this one. */
    @Nullable
    public String traceparent;

    @Column(name = "created_at")
    public Instant createdAt;

    /** How often the broker refused or did not confirm it. */
    public int attempts;

    @Column(name = "next_attempt_at")
    public Instant nextAttemptAt;

    /** Until when a replica has taken it over, to publish it. */
    @Column(name = "claimed_until")
    @Nullable
    public Instant claimedUntil;

    @Column(name = "sent_at")
    @Nullable
    public Instant sentAt;

    @Column(name = "last_error")
    @Nullable
    public String lastError;

    /** Inserts those whose subjects the cause returns as {@code order_id}, and returns them likewise. */
    static String insertCausedBy(String cause) {
        return "with cause as (" + cause + ")" + INSERT
                + "where order_id in (select order_id from cause) returning order_id";
    }

    /**
     * The parameters of {@link #INSERT}; those of a cause come before them.
     *
     * @param spans those of the messages, in their order
     */
    static List<Object> parameters(List<OutboxMessage> messages, BatchSpans spans) {
        return List.of(
                messages.stream().map(OutboxMessage::id).toArray(UUID[]::new),
                messages.stream().map(OutboxMessage::subject).toArray(UUID[]::new),
                messages.stream().map(OutboxMessage::userId).toArray(UUID[]::new),
                messages.stream().map(OutboxMessage::type).toArray(String[]::new),
                messages.stream().map(OutboxMessage::destination).toArray(String[]::new),
                messages.stream().map(OutboxMessage::payload).toArray(byte[][]::new),
                IntStream.range(0, messages.size()).mapToObj(spans::traceparent).toArray(String[]::new));
    }

    /**
     * Marks those that were published, and takes over those that are due, the oldest ones, for as long as the lease lasts: no
     * other replica that knows of leases publishes them meanwhile.
     *
     * @return those taken over, in the order they were appended, with what is needed to publish them
     */
    static List<OutboxEntry> markSentAndClaimDue(
            Database database, List<OutboxEntry> published, Duration lease, int batchSize) {
        List<OutboxEntry> due = new ArrayList<>();
        database.commitUnflushed(
                MARK_SENT_AND_CLAIM_DUE,
                row -> due.add(read(row)),
                published.stream().map(entry -> entry.seq).toArray(Long[]::new),
                lease.toMillis(),
                batchSize);
        due.sort(Comparator.comparingLong(entry -> entry.seq));
        return due;
    }

    static void markSent(Database database, List<OutboxEntry> published) {
        if (!published.isEmpty()) {
            database.commitUnflushed(MARK_SENT, none -> {}, (Object)
                    published.stream().map(entry -> entry.seq).toArray(Long[]::new));
        }
    }

    private static OutboxEntry read(ResultSet row) throws SQLException {
        OutboxEntry entry = new OutboxEntry();
        entry.seq = row.getLong("seq");
        entry.eventId = Database.uuid(row, "event_id");
        entry.subject = Database.uuid(row, "order_id");
        entry.type = row.getString("type");
        entry.destination = row.getString("destination");
        entry.payload = row.getBytes("payload");
        entry.traceparent = row.getString("traceparent");
        return entry;
    }

    /** Gives back what was taken over and not published: it is due again at once. */
    static void release(List<OutboxEntry> claimed) {
        update("claimedUntil = null where seq in ?1 and sentAt is null", seqs(claimed));
    }

    /** Leaves those that failed for this reason unsent, to be tried again after a pause that doubles each time. */
    static void postpone(List<OutboxEntry> failed, String reason, Duration maxBackOff) {
        update(
                "attempts = attempts + 1, lastError = ?2, claimedUntil = null,"
                        + " nextAttemptAt = cast(sql('now() + least(power(2, least(?, 20)), ?) * interval ''1 second''',"
                        + " attempts, ?3) as Instant)"
                        + " where seq in ?1 and sentAt is null",
                seqs(failed),
                reason,
                maxBackOff.toMillis() / 1000.0);
    }

    private static List<Long> seqs(List<OutboxEntry> entries) {
        return entries.stream().map(entry -> entry.seq).toList();
    }

    /** Counts those that are not sent, so many at most, in the order in which they are due. */
    static Backlog backlog(int countedMax) {
        return getEntityManager()
                .createQuery("""
                        select count(*), count(case when counted.attempts > 0 then 1 end), min(counted.createdAt) from (
                            select createdAt as createdAt, attempts as attempts from OutboxEntry where sentAt is null
                            order by nextAttemptAt, seq limit :max) counted
                        """, Backlog.class)
                .setParameter("max", countedMax)
                .getSingleResult();
    }

    /** The subjects of those that are not sent, so many at most, in the order in which they are due. */
    public static List<UUID> unsentSubjects(int max) {
        return getEntityManager()
                .createQuery(
                        "select subject from OutboxEntry where sentAt is null order by nextAttemptAt, seq", UUID.class)
                .setMaxResults(max)
                .getResultList();
    }

    /** The subjects of the messages since then, among so many of the newest. */
    public static Set<UUID> recentSubjects(Instant since, int max) {
        return new HashSet<>(getEntityManager()
                .createQuery("""
                        select newest.subject from (
                            select subject as subject, createdAt as createdAt from OutboxEntry
                            order by seq desc limit :max) newest
                        where newest.createdAt > :since
                        """, UUID.class)
                .setParameter("max", max)
                .setParameter("since", since)
                .getResultList());
    }

    /** How far {@link #removeSent} has come, and whether younger rows than those to be removed follow. */
    @RegisterForReflection
    record Removal(long reached, boolean done) {}

    /**
     * Removes those among the next rows that were sent before then. It walks the rows in the order of their key; those unsent
     * stay, and are passed over.
     */
    static Removal removeSent(long after, Instant before, int batchSize) {
        Removal step = getEntityManager()
                .createQuery("""
                        select coalesce(max(next.seq), :after),
                            case when max(next.createdAt) < :before then false else true end
                        from (select seq as seq, createdAt as createdAt from OutboxEntry where seq > :after
                            order by seq limit :max) next
                        """, Removal.class)
                .setParameter("after", after)
                .setParameter("before", before)
                .setParameter("max", batchSize)
                .getSingleResult();
        delete("seq > ?1 and seq <= ?2 and sentAt < ?3", after, step.reached(), before);
        return step;
    }
}
