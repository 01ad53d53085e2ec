package dev.holdfast.order.compensation;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The compensations in the database. */
@ApplicationScoped
public class Compensations {
    // Sorted, so that two who add the same wait for each other instead of deadlocking.
    private static final String ADD = """
            insert into compensation (order_id, kind, user_id)
            select order_id, kind, user_id from unnest(?::uuid[], ?::text[], ?::uuid[]) as due (order_id, kind, user_id)
            order by order_id, kind
            on conflict do nothing
            """;

    // What is pending goes on as it is.
    private static final String ADD_AGAIN = ADD.replace(
            "do nothing",
            "(order_id, kind) do update set done_at = null, attempts = 0, created_at = now(), next_attempt_at = now()"
                    + " where compensation.done_at is not null returning order_id");

    private static final String ABANDON = "select give_order_ids_up(?, ?)";

    private static final String CLAIM = """
            with due as materialized (
                select order_id, kind from compensation
                where done_at is null and next_attempt_at <= now() and kind = any (?)
                order by next_attempt_at limit ? for update skip locked
            )
            update compensation set attempts = attempts + 1, next_attempt_at = now() + ? * interval '1 millisecond'
            from due where compensation.order_id = due.order_id and compensation.kind = due.kind
            returning compensation.order_id, compensation.kind, user_id, attempts,
                (extract(epoch from now() - created_at) * 1000)::bigint
            """;

    // Given up once more meanwhile, it is due: what was done came before. So it is where its lease is over.
    private static final String DONE = """
            with done as (
                update compensation set done_at = now(), last_error = null
                where order_id = any (?) and kind = ? and done_at is null and next_attempt_at > now()
                returning order_id, user_id
            )
            insert into order_event (order_id, user_id, type, occurred_at) select order_id, user_id, event, now()
            from done cross join (select ?::text as event) where event is not null
            on conflict do nothing
            """;

    private static final String PUT_OFF = """
            update compensation set next_attempt_at = now() + ? * interval '1 millisecond', last_error = ?
            where order_id = ? and kind = ? and done_at is null
            """;

    // The ids of orders without a key are used once (UUIDv7). An id that is derived from a key may be tried again at
    // any time, so that it stays given up.
    private static final String REMOVE = """
            with walked as (
                select order_id, kind, done_at from compensation
                where (order_id, kind) > (?, ?) order by order_id, kind limit ?
            ),
            removed as (
                delete from compensation using walked
                where compensation.order_id = walked.order_id and compensation.kind = walked.kind
                    and walked.done_at < now() - ? * interval '1 millisecond'
                    and (walked.kind in ('RELEASE', 'REFUND')
                        or (walked.kind = 'ABANDON' and uuid_extract_version(walked.order_id) = 7))
            )
            select order_id, kind from walked order by order_id desc, kind desc limit 1
            """;

    private static final String BACKLOG = """
            select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::bigint from compensation
            where done_at is null
            """;

    private final Database database;

    Compensations(Database database) {
        this.database = database;
    }

    /** Records what is to be given back in the caller's transaction; what is recorded already is left as it is. */
    @Transactional(TxType.MANDATORY)
    public void add(Collection<Compensation> compensations) {
        if (!compensations.isEmpty()) {
            database.update(ADD, parameters(compensations));
        }
    }

    /**
     * The same, also of what payments had done already, and has forgotten since: its database was restored.
     *
     * @return the order ids of those that are due by this, and were not before
     */
    @Transactional(TxType.MANDATORY)
    public Set<UUID> addAgain(Collection<Compensation> compensations) {
        return new HashSet<>(
                database.query(ADD_AGAIN, row -> Database.uuid(row, "order_id"), parameters(compensations)));
    }

    private static Object[] parameters(Collection<Compensation> compensations) {
        return new Object[] {
            compensations.stream().map(Compensation::orderId).toArray(UUID[]::new),
            compensations.stream().map(each -> each.kind().name()).toArray(String[]::new),
            compensations.stream().map(Compensation::userId).toArray(UUID[]::new)
        };
    }

    /**
     * Gives order ids up that have no order: what is held under them will be released, and no order can be stored under
     * them any more. Orders that are being stored at this moment are waited for. In the caller's transaction, if there is one.
     *
     * @param userIds the user of each order id
     * @return those that are given up, now or before; of the others there is an order
     */
    public Set<UUID> abandon(Map<UUID, UUID> userIds) {
        List<UUID> orderIds = List.copyOf(userIds.keySet());
        return new HashSet<>(database.query(
                ABANDON,
                row -> row.getObject(1, UUID.class),
                orderIds.toArray(UUID[]::new),
                orderIds.stream().map(userIds::get).toArray(UUID[]::new)));
    }

    /** Claims what is due, the longest due first; no other replica takes it until the lease ends. */
    List<Claimed> claim(int limit, Duration lease) {
        // A newer version may have written other kinds, which are its own to work off.
        String[] kinds =
                Arrays.stream(Compensation.Kind.values()).map(Enum::name).toArray(String[]::new);
        return database.query(CLAIM, Compensations::claimed, kinds, limit, lease.toMillis());
    }

    private static Claimed claimed(ResultSet row) throws SQLException {
        Compensation compensation = new Compensation(
                Database.uuid(row, "order_id"),
                Compensation.Kind.valueOf(row.getString("kind")),
                Database.uuid(row, "user_id"));
        return new Claimed(compensation, row.getInt("attempts"), Duration.ofMillis(row.getLong(5)));
    }

    /** Marks them as done, and writes it into the history of their orders. */
    void done(Compensation.Kind kind, List<UUID> orderIds) {
        database.update(DONE, orderIds.toArray(UUID[]::new), kind.name(), new Database.Text(kind.doneEvent()));
    }

    /** Lets one wait for its next attempt. */
    void putOff(Compensation compensation, String error, Duration pause) {
        database.update(
                PUT_OFF,
                pause.toMillis(),
                error,
                compensation.orderId(),
                compensation.kind().name());
    }

    /** Where the removal of what is done has come to; it begins with {@link #START}. */
    record Position(UUID orderId, String kind) {
        static final Position START = new Position(new UUID(0, 0), "");
    }

    /**
     * Removes those of the next ones, in the order of their ids, that are done for so long, and whose repetition would
     * have no effect.
     *
     * @param limit looked at, at most
     * @return the last one looked at; empty at the end of the table
     */
    Optional<Position> removeDone(Position after, int limit, Duration keep) {
        return database.first(
                REMOVE,
                row -> new Position(Database.uuid(row, "order_id"), row.getString("kind")),
                after.orderId,
                after.kind,
                limit,
                keep.toMillis());
    }

    /** What is still to be done. */
    record Backlog(long pending, long oldestSeconds) {
        static final Backlog NONE = new Backlog(0, 0);
    }

    Backlog backlog() {
        return database.only(BACKLOG, row -> new Backlog(row.getLong(1), row.getLong(2)));
    }
}
