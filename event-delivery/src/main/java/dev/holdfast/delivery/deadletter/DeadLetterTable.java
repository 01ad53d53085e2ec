package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.AmqpText;
import dev.holdfast.delivery.DatabaseException;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The dead letters in the database. Statements join the caller's transaction where there is one. */
@ApplicationScoped
public class DeadLetterTable {
    /**
     * Which letters are meant; what is null does not matter.
     *
     * @param reason a part of the reason, in its case
     */
    record Filter(
            @Nullable DeadLetterStatus status,
            @Nullable String reason,
            @Nullable String type,
            @Nullable UUID orderId) {}

    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));
    private static final String SUMMARY =
            "id, queue, event_id, order_id, type, reason, status, times, first_at, last_at, handled_at";
    private static final String ALL = SUMMARY + ", message_id, properties, headers, payload, payload_bytes, truncated";
    private static final String FIND = "select " + ALL + " from dead_letter where id = ?";
    private static final String IS_CLAIMED = "coalesce(claimed_until > now(), false)";
    private static final String CLAIM = "update dead_letter set claimed_until = now() + make_interval(secs => ?)"
            + " where id = ? and status = any(string_to_array(?, ',')) and not truncated and not " + IS_CLAIMED
            + " returning " + ALL + ", death";
    private static final String ADD = """
            insert into dead_letter (id, queue, message_id, event_id, order_id, type, properties, headers, payload,
                payload_bytes, truncated, reason, death)
            values (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?)
            on conflict (id) do update set times = dead_letter.times + 1, reason = excluded.reason,
                properties = excluded.properties, headers = excluded.headers, death = excluded.death, last_at = now(),
                status = 'WAITING', handled_at = null
            where dead_letter.death <> excluded.death
            """;
    private static final String REPLAYABLE =
            " from dead_letter where status = 'WAITING' and not truncated and position(? in reason) > 0";

    private final DataSource dataSource;

    DeadLetterTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Keeps the letter; one that is kept already waits again where it has failed once more, and else stays as it is. */
    static void add(Connection connection, ArrivedLetter letter) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setObject(1, letter.id());
            add.setString(2, letter.queue());
            add.setString(3, letter.messageId());
            add.setObject(4, letter.eventId());
            add.setObject(5, letter.orderId());
            add.setString(6, letter.type());
            add.setString(7, letter.properties());
            add.setString(8, letter.headers());
            add.setBytes(9, letter.payload());
            add.setInt(10, letter.payloadBytes());
            add.setBoolean(11, letter.truncated());
            add.setString(12, letter.reason());
            add.setString(13, letter.death());
            add.executeUpdate();
        }
    }

    /** A page without the letters' contents, newest first by when they were first set aside. */
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
                query(sql.toString(), DeadLetterTable::summary, parameters.toArray()),
                limit,
                last -> new Cursor(last.firstDeadLetteredAt(), last.id()));
    }

    Optional<DeadLetter> find(UUID id) {
        return query(FIND, DeadLetterTable::letter, id).stream().findFirst();
    }

    /** @param death which of its failures was the last when it was claimed */
    record Claimed(DeadLetter letter, String death) {}

    /** @param claimed whether it is being replayed */
    record Locked(DeadLetter letter, boolean claimed) {}

    /**
     * Takes a letter of one of these statuses over for so long, by a transaction of its own: meanwhile nobody else replays or
     * discards it. None where it is not there, truncated, or claimed.
     */
    Optional<Claimed> claim(UUID id, Set<DeadLetterStatus> statuses, Duration lease) {
        return query(
                        CLAIM,
                        row -> new Claimed(letter(row), row.getString("death")),
                        lease.toMillis() / 1000.0,
                        id,
                        statuses.stream().map(Enum::name).collect(Collectors.joining(",")))
                .stream()
                .findFirst();
    }

    /** Ends a claim before its time. */
    void release(UUID id) {
        query("update dead_letter set claimed_until = null where id = ? returning id", row -> id, id);
    }

    /** The letter, which nobody else can change until the caller's transaction ends. */
    Optional<Locked> lock(UUID id) {
        return query(
                        "select " + ALL + ", " + IS_CLAIMED + " as claimed from dead_letter where id = ? for update",
                        row -> new Locked(letter(row), row.getBoolean("claimed")),
                        id)
                .stream()
                .findFirst();
    }

    /** Those that wait and can be replayed; what failed again comes after the others. */
    List<UUID> replayable(String reason, int limit) {
        return query(
                "select id" + REPLAYABLE + " order by last_at, id limit ?",
                row -> row.getObject(1, UUID.class),
                reason,
                limit);
    }

    /** How many wait and can be replayed, counted up to {@code atMost}. */
    int countReplayable(String reason, int atMost) {
        return query(
                        "select count(*) from (select 1" + REPLAYABLE + " limit ?) as counted",
                        row -> row.getInt(1),
                        reason,
                        atMost)
                .getFirst();
    }

    /** How many wait in all, counted up to {@code atMost}. */
    int countWaiting(int atMost) {
        return query(
                        "select count(*) from (select 1 from dead_letter where status = 'WAITING' limit ?) as counted",
                        row -> row.getInt(1),
                        atMost)
                .getFirst();
    }

    /** Marks a letter that the caller has locked, and writes the act down; returns the letter as it is then. */
    DeadLetterSummary discarded(DeadLetter letter, @Nullable String operator, String note) {
        record(letter, DeadLetterAct.Kind.DISCARD, operator, note);
        return query(
                        "update dead_letter set status = 'DISCARDED', handled_at = now() where id = ? returning "
                                + SUMMARY,
                        DeadLetterTable::summary,
                        letter.summary().id())
                .getFirst();
    }

    /**
     * Marks a letter that was published again, and writes the act down; one that has failed again by now goes on waiting.
     * Returns the letter as it is then.
     */
    DeadLetterSummary replayed(Claimed claimed, @Nullable String operator) {
        record(claimed.letter(), DeadLetterAct.Kind.REPLAY, operator, null);
        DeadLetterSummary before = claimed.letter().summary();
        return query(
                        "update dead_letter set claimed_until = null,"
                                + " status = case when death = ? then 'REPLAYED' else status end,"
                                + " handled_at = case when death = ? then now() else handled_at end"
                                + " where id = ? returning " + SUMMARY,
                        DeadLetterTable::summary,
                        claimed.death(),
                        claimed.death(),
                        before.id())
                .stream()
                .findFirst()
                .orElse(before);
    }

    private void record(DeadLetter letter, DeadLetterAct.Kind act, @Nullable String operator, @Nullable String note) {
        DeadLetterSummary before = letter.summary();
        query(
                "insert into dead_letter_audit (operator, act, dead_letter_id, queue, message_id, event_id, order_id,"
                        + " reason, note) values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                row -> row.getObject(1, UUID.class),
                operator,
                act.name(),
                before.id(),
                before.queue(),
                letter.messageId(),
                before.eventId(),
                before.orderId(),
                before.reason(),
                note);
    }

    /** The acts, newest first; of one letter, or of all. */
    Page<DeadLetterAct> acts(@Nullable UUID letter, PageLimit limit, @Nullable Cursor cursor) {
        StringBuilder sql =
                new StringBuilder("select id, at, operator, act, dead_letter_id, queue, message_id, event_id,"
                        + " order_id, reason, note from dead_letter_audit where (at, id) < (?, ?)");
        List<Object> parameters = start(cursor);
        narrow(sql, parameters, " and dead_letter_id = ?", letter);
        sql.append(" order by at desc, id desc limit ?");
        parameters.add(limit.rows() + 1);
        return Page.of(
                query(sql.toString(), DeadLetterTable::act, parameters.toArray()),
                limit,
                last -> new Cursor(last.at(), last.id()));
    }

    private static List<Object> start(@Nullable Cursor cursor) {
        Cursor from = cursor == null ? NEWEST : cursor;
        return new ArrayList<>(List.of(from.at().atOffset(ZoneOffset.UTC), from.id()));
    }

    private static void narrow(StringBuilder sql, List<Object> parameters, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            parameters.add(value);
        }
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        } catch (SQLException e) {
            throw new DatabaseException("Dead letters could not be read or changed", e);
        }
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        return DeadLetter.of(
                summary(row),
                row.getString("message_id"),
                AmqpText.readProperties(row.getString("properties")),
                AmqpText.readHeaders(row.getString("headers")),
                row.getBytes("payload"),
                row.getInt("payload_bytes"),
                row.getBoolean("truncated"));
    }

    private static DeadLetterSummary summary(ResultSet row) throws SQLException {
        return new DeadLetterSummary(
                row.getObject("id", UUID.class),
                row.getString("queue"),
                row.getObject("event_id", UUID.class),
                row.getObject("order_id", UUID.class),
                row.getString("type"),
                row.getString("reason"),
                DeadLetterStatus.read(row.getString("status")),
                row.getInt("times"),
                row.getObject("first_at", OffsetDateTime.class).toInstant(),
                row.getObject("last_at", OffsetDateTime.class).toInstant(),
                instant(row, "handled_at"));
    }

    private static DeadLetterAct act(ResultSet row) throws SQLException {
        return new DeadLetterAct(
                row.getObject("id", UUID.class),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("operator"),
                DeadLetterAct.Kind.read(row.getString("act")),
                row.getObject("dead_letter_id", UUID.class),
                row.getString("queue"),
                row.getString("message_id"),
                row.getObject("event_id", UUID.class),
                row.getObject("order_id", UUID.class),
                row.getString("reason"),
                row.getString("note"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
