package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.AmqpText;
import dev.holdfast.delivery.Senders;
import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.JsonLength;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The dead letters in the database. Statements join the caller's transaction where there is one. */
@ApplicationScoped
public class DeadLetterTable {
    /**
     * Which dead letters are meant; what is null does not matter.
     *
     * @param reason a part of the reason, in its case
     */
    record Filter(
            @Nullable DeadLetterStatus status,
            @Nullable String reason,
            @Nullable String type,
            @Nullable UUID orderId) {}

    static final int REASON_CHARACTERS_MAX = 1_000;
    /** In the audit: the replay was tried, and the dead letter waits again. */
    private static final String FAILED_AGAIN = "dead_letter_failed_again";

    /** Of a row in a list, without what callers and messages have sent at length. */
    private static final int JSON_BYTES = 500;

    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));
    private static final String SUMMARY =
            "id, queue, event_id, order_id, type, reason, status, times, first_at, last_at, handled_at";
    private static final String ALL =
            SUMMARY + ", message_id, sender, properties, headers, payload, payload_bytes, truncated";
    private static final String ACTS = """
            select id, at, subject, action, object_id, details->>'queue' as queue, details->>'message_id' as message_id,
                   (details->>'event_id')::uuid as event_id, (details->>'order_id')::uuid as order_id,
                   details->>'reason' as reason, details->>'note' as note
              from audit_record where object_type = 'dead_letter' and result = 'DONE' and (at, id) < (?, ?)""";
    private static final String FIND = "select " + ALL + " from dead_letter where id = ?";
    private static final String IS_CLAIMED = "coalesce(claimed_until > now(), false)";
    private static final String OF_THE_SENDER = "(sender = ? or (sender is null and ?))";
    private static final String CLAIM = "update dead_letter set claimed_until = now() + make_interval(secs => ?)"
            + " where id = ? and status = any(string_to_array(?, ',')) and not truncated and not " + IS_CLAIMED
            + " and " + OF_THE_SENDER + " returning " + ALL + ", death";
    private static final String ADD = """
            insert into dead_letter (id, queue, message_id, event_id, order_id, type, sender, properties, headers, payload,
                payload_bytes, truncated, reason, death)
            values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?)
            on conflict (id) do update set times = dead_letter.times + 1, reason = excluded.reason, sender = excluded.sender,
                properties = excluded.properties, headers = excluded.headers, death = excluded.death, last_at = now(),
                status = 'WAITING', handled_at = null
            where dead_letter.death <> excluded.death
            """;
    private static final String REPLAYABLE =
            " from dead_letter where status = 'WAITING' and not truncated and position(? in reason) > 0" + " and "
                    + OF_THE_SENDER;

    private final Database database;
    private final Senders senders;
    private final Audit audit;

    DeadLetterTable(Database database, Senders senders, Audit audit) {
        this.database = database;
        this.senders = senders;
        this.audit = audit;
    }

    /**
     * Stores the dead letter. One that is stored already waits again if it has failed once more, and stays as it is
     * otherwise.
     */
    void add(ArrivedDeadLetter deadLetter) {
        database.update(
                ADD,
                deadLetter.id(),
                deadLetter.queue(),
                deadLetter.messageId(),
                deadLetter.eventId(),
                deadLetter.orderId(),
                deadLetter.type(),
                new Database.Text(deadLetter.sender()),
                deadLetter.properties(),
                deadLetter.headers(),
                deadLetter.payload(),
                deadLetter.payloadBytes(),
                deadLetter.truncated(),
                deadLetter.reason(),
                deadLetter.death());
    }

    /** A page without the dead letters' contents, newest first by when they were first set aside. */
    Page<DeadLetterSummary> page(Filter filter, PageLimit limit, @Nullable Cursor cursor) {
        StringBuilder sql = new StringBuilder("select " + SUMMARY + " from dead_letter where (first_at, id) < (?, ?)");
        List<Object> parameters = start(cursor);
        String status = filter.status() == null ? null : filter.status().name();
        narrow(sql, parameters, " and status = ?", status);
        narrow(sql, parameters, " and order_id = ?", filter.orderId());
        narrow(sql, parameters, " and type = ?", filter.type());
        narrow(sql, parameters, " and position(? in reason) > 0", filter.reason());
        sql.append(" order by first_at desc, id desc limit ?");
        parameters.add(limit.rows() + 1);
        return Page.of(
                database.query(sql.toString(), DeadLetterTable::summary, parameters.toArray()),
                limit,
                row -> JSON_BYTES + JsonLength.of(row.reason()),
                last -> new Cursor(last.firstDeadLetteredAt(), last.id()));
    }

    Optional<DeadLetter> find(UUID id) {
        return database.first(FIND, DeadLetterTable::deadLetter, id);
    }

    /** @param death which of its failures was the last when it was claimed */
    record Claimed(DeadLetter deadLetter, String death) {}

    /** @param claimed whether it is being replayed */
    record Locked(DeadLetter deadLetter, boolean claimed) {}

    /**
     * Claims a dead letter of one of these statuses for a time, and writes down that its replay begins: meanwhile nobody else
     * replays or discards it. Empty if it does not exist, is truncated, is claimed or is not of the right sender.
     */
    Optional<Claimed> claim(UUID id, Set<DeadLetterStatus> statuses, Duration lease, Acting operator) {
        Optional<Claimed> claimed = database.first(
                CLAIM,
                row -> new Claimed(deadLetter(row), row.getString("death")),
                lease.toMillis() / 1000.0,
                id,
                statuses.stream().map(Enum::name).collect(Collectors.joining(",")),
                senders.expected(),
                senders.acceptsWithoutSender());
        claimed.ifPresent(it -> audit.started(operator, act(DeadLetterAct.Kind.REPLAY, it.deadLetter())));
        return claimed;
    }

    /** Ends a claim before its time, as nothing was done, and writes down why. */
    void release(Claimed claimed, Acting operator, String code) {
        UUID id = claimed.deadLetter().summary().id();
        refused(id, DeadLetterAct.Kind.REPLAY, operator, code);
        database.query("update dead_letter set claimed_until = null where id = ? returning id", row -> id, id);
    }

    /** The dead letter, which nobody else can change until the caller's transaction ends. */
    Optional<Locked> lock(UUID id) {
        return database.first(
                "select " + ALL + ", " + IS_CLAIMED + " as claimed from dead_letter where id = ? for update",
                row -> new Locked(deadLetter(row), row.getBoolean("claimed")),
                id);
    }

    /** Those that wait and can be replayed; what failed again comes after the others. */
    List<UUID> replayable(String reason, int limit) {
        return database.query(
                "select id" + REPLAYABLE + " order by last_at, id limit ?",
                row -> Database.uuid(row, "id"),
                reason,
                senders.expected(),
                senders.acceptsWithoutSender(),
                limit);
    }

    /** How many wait and can be replayed, counted up to {@code atMost}. */
    int countReplayable(String reason, int atMost) {
        return database.only(
                "select count(*) from (select 1" + REPLAYABLE + " limit ?) as counted",
                row -> row.getInt(1),
                reason,
                senders.expected(),
                senders.acceptsWithoutSender(),
                atMost);
    }

    /** How many wait in all, counted up to {@code atMost}. */
    int countWaiting(int atMost) {
        return database.only(
                "select count(*) from (select 1 from dead_letter where status = 'WAITING' limit ?) as counted",
                row -> row.getInt(1),
                atMost);
    }

    /** Marks a dead letter that the caller has locked, and writes the act down; returns the dead letter as it is then. */
    DeadLetterSummary discarded(DeadLetter deadLetter, Acting operator, String note) {
        audit.done(operator, act(DeadLetterAct.Kind.DISCARD, deadLetter).with("note", note));
        return database.only(
                "update dead_letter set status = 'DISCARDED', handled_at = now() where id = ? returning " + SUMMARY,
                DeadLetterTable::summary,
                deadLetter.summary().id());
    }

    /**
     * Marks a dead letter that was applied, and writes the act down; one that has come again by now goes on waiting. Returns the
     * dead letter as it is then.
     */
    DeadLetterSummary replayed(Claimed claimed, Acting operator) {
        audit.done(operator, act(DeadLetterAct.Kind.REPLAY, claimed.deadLetter()));
        DeadLetterSummary before = claimed.deadLetter().summary();
        return database.first(
                        "update dead_letter set claimed_until = null,"
                                + " status = case when death = ? then 'REPLAYED' else status end,"
                                + " handled_at = case when death = ? then now() else handled_at end"
                                + " where id = ? returning " + SUMMARY,
                        DeadLetterTable::summary,
                        claimed.death(),
                        claimed.death(),
                        before.id())
                .orElse(before);
    }

    /** Lets a dead letter that has failed again wait, and writes down why; returns the dead letter as it is then. */
    DeadLetterSummary failedAgain(Claimed claimed, String newReason, Acting operator) {
        String reason = AmqpText.bounded(newReason, REASON_CHARACTERS_MAX);
        audit.refused(
                operator,
                act(DeadLetterAct.Kind.REPLAY, claimed.deadLetter()).with("new_reason", reason),
                FAILED_AGAIN);
        DeadLetterSummary before = claimed.deadLetter().summary();
        return database.first(
                        "update dead_letter set claimed_until = null, times = times + 1, reason = ?,"
                                + " last_at = now(), status = 'WAITING', handled_at = null where id = ? returning "
                                + SUMMARY,
                        DeadLetterTable::summary,
                        reason,
                        before.id())
                .orElse(before);
    }

    private static Act act(DeadLetterAct.Kind kind, DeadLetter deadLetter) {
        DeadLetterSummary before = deadLetter.summary();
        return act(kind, before.id())
                .with("queue", before.queue())
                .with("message_id", deadLetter.messageId())
                .with("event_id", before.eventId())
                .with("order_id", before.orderId())
                .with("reason", before.reason());
    }

    /** Writes down that an act was refused, with the code of the answer. */
    void refused(UUID deadLetter, DeadLetterAct.Kind kind, Acting operator, String code) {
        audit.refused(operator, act(kind, deadLetter), code);
    }

    private static Act act(DeadLetterAct.Kind kind, UUID deadLetter) {
        return new Act(kind.action(), "dead_letter", deadLetter);
    }

    /** The acts, newest first; of one dead letter, or of all. */
    Page<DeadLetterAct> acts(@Nullable UUID deadLetter, PageLimit limit, @Nullable Cursor cursor) {
        StringBuilder sql = new StringBuilder(ACTS);
        List<Object> parameters = start(cursor);
        narrow(sql, parameters, " and object_id = ?", deadLetter);
        sql.append(" order by at desc, id desc limit ?");
        parameters.add(limit.rows() + 1);
        return Page.of(
                database.query(sql.toString(), DeadLetterTable::act, parameters.toArray()),
                limit,
                row -> JSON_BYTES
                        + JsonLength.of(row.operator())
                        + JsonLength.of(row.messageId())
                        + JsonLength.of(row.reason())
                        + JsonLength.of(row.note()),
                last -> new Cursor(last.at(), last.id()));
    }

    private static List<Object> start(@Nullable Cursor cursor) {
        Cursor from = cursor == null ? NEWEST : cursor;
        return new ArrayList<>(List.of(from.at(), from.id()));
    }

    private static void narrow(StringBuilder sql, List<Object> parameters, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            parameters.add(value);
        }
    }

    private static DeadLetter deadLetter(ResultSet row) throws SQLException {
        return DeadLetter.of(
                summary(row),
                row.getString("message_id"),
                row.getString("sender"),
                AmqpText.readProperties(row.getString("properties")),
                AmqpText.readHeaders(row.getString("headers")),
                row.getBytes("payload"),
                row.getInt("payload_bytes"),
                row.getBoolean("truncated"));
    }

    private static DeadLetterSummary summary(ResultSet row) throws SQLException {
        return new DeadLetterSummary(
                Database.uuid(row, "id"),
                row.getString("queue"),
                Database.uuid(row, "event_id"),
                Database.uuid(row, "order_id"),
                row.getString("type"),
                row.getString("reason"),
                DeadLetterStatus.read(row.getString("status")),
                row.getInt("times"),
                Database.instant(row, "first_at"),
                Database.instant(row, "last_at"),
                Database.instantOrNull(row, "handled_at"));
    }

    private static DeadLetterAct act(ResultSet row) throws SQLException {
        return new DeadLetterAct(
                Database.uuid(row, "id"),
                Database.instant(row, "at"),
                row.getString("subject"),
                DeadLetterAct.Kind.read(row.getString("action")),
                Database.uuid(row, "object_id"),
                row.getString("queue"),
                row.getString("message_id"),
                Database.uuid(row, "event_id"),
                Database.uuid(row, "order_id"),
                row.getString("reason"),
                row.getString("note"));
    }
}
