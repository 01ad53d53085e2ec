package dev.holdfast.payment.capture;

import dev.holdfast.delivery.InboxEntry;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.chain.ChainHead;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.payment.hold.Hold;
import dev.holdfast.payment.hold.HoldStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Locks and reads what a batch of requests to capture is about. */
@ApplicationScoped
class CaptureLocks {
    // In one order, so that two batches that share accounts wait for each other instead of deadlocking. An event whose
    // account is locked by somebody else is put aside, and left out of the inbox.
    private static final String LOCK = """
            with incoming as materialized (
                select event_id, user_id from unnest(?::uuid[], ?::uuid[]) as incoming (event_id, user_id)),
            locked as materialized (
                select user_id, balance, held, %2$s from account
                 where user_id = any(?) order by user_id for no key update%1$s),
            busy as materialized (
                select event_id from incoming
                 where user_id <> all(array(select user_id from locked))
                   and exists (select from account where account.user_id = incoming.user_id)),
            """ + "first_seen as ("
            + InboxEntry.firstSeenOf("select distinct event_id, user_id from incoming"
                    + " where event_id <> all(array(select event_id from busy))")
            + """
            )
            select 'FIRST_SEEN' as row, event_id as id, null::numeric as balance, null::numeric as held,
                   null::bigint as version, null::numeric as booked, null::timestamptz as booked_at, null::bytea as head
              from first_seen
            union all select 'BUSY', event_id, null, null, null, null, null, null from busy
            union all select 'ACCOUNT', user_id, balance, held, %2$s from locked;
            """;
    // By a statement of their own, so that it sees what the last owner of the locks committed.
    // Each with the id that its transfer would have, and the time: made after the locks were taken.
    private static final String FIND_HOLDS = "select " + Hold.COLUMNS
            + ", uuidv7() as transfer_id, clock_timestamp() as now from hold where order_id = any(?)";
    private static final String LOCK_FREE = LOCK.formatted(" skip locked", ChainHead.COLUMNS) + FIND_HOLDS;
    // A time for all of them together: a lock_timeout would be one for each.
    private static final String LOCK_WAITING = "set local statement_timeout = '50ms';"
            + LOCK.formatted("", ChainHead.COLUMNS) + "set local statement_timeout to default;" + FIND_HOLDS;
    private static final String READ_AGAIN = """
            select 'ACCOUNT' as row, user_id as id, balance, held, %s from account where user_id = any(?);
            """.formatted(ChainHead.COLUMNS) + FIND_HOLDS;
    // What was captured long ago has no hold any more, but its transfer.
    private static final String FIND_CAPTURES = "select " + Hold.COLUMNS_OF_CAPTURE
            + " from transfer where order_id is not null and order_id = any(?) and kind = 'CAPTURE'";

    private final Database database;
    private final ExpiredHolds expiredHolds;

    CaptureLocks(Database database, ExpiredHolds expiredHolds) {
        this.database = database;
        this.expiredHolds = expiredHolds;
    }

    /**
     * What requests are about.
     *
     * @param firstSeen the ids of the events to apply: those that were not applied before
     * @param leftOut the ids of those that cannot be applied now; nothing was written for them
     */
    record Received(Set<UUID> firstSeen, Set<UUID> leftOut, CaptureBatch batch) {}

    /**
     * Locks the accounts of the requests, records the requests in the inbox, and reads accounts and holds, by one round trip.
     *
     * @param wait whether to wait, up to 50 ms in all, for accounts that somebody else has locked; without it their requests
     *     are left out
     * @throws dev.holdfast.delivery.database.DatabaseException when one of them stays locked
     */
    @Transactional(TxType.MANDATORY)
    Received lock(List<PaymentRequested> requests, boolean wait) {
        UUID[] userIds =
                requests.stream().map(PaymentRequested::userId).distinct().toArray(UUID[]::new);
        UUID[] orderIds =
                requests.stream().map(PaymentRequested::orderId).distinct().toArray(UUID[]::new);
        Locked locked = new Locked();
        database.queryEach(
                wait ? LOCK_WAITING : LOCK_FREE,
                List.of(locked::add, locked::addHold),
                requests.stream().map(PaymentRequested::eventId).toArray(UUID[]::new),
                requests.stream().map(PaymentRequested::userId).toArray(UUID[]::new),
                userIds,
                orderIds);
        makeRoom(locked, orderIds);
        List<PaymentRequested> news = requests.stream()
                .filter(request -> locked.firstSeen.contains(request.eventId()))
                .toList();
        addCaptures(locked, news);
        leaveToNewerVersions(locked, news);
        return new Received(
                locked.firstSeen,
                locked.leftOut,
                new CaptureBatch(
                        locked.accounts,
                        locked.holds,
                        givenBack(locked.holds.values()),
                        locked.transferIds,
                        locked.now()));
    }

    /** A hold that is to be taken anew may use what other holds of the account reserve past their time. */
    private void makeRoom(Locked locked, UUID[] orderIds) {
        Set<UUID> inNeedOfRoom = locked.holds.values().stream()
                .filter(hold -> hold.status() == HoldStatus.EXPIRED && locked.accounts.containsKey(hold.userId))
                .map(hold -> hold.userId)
                .collect(Collectors.toSet());
        if (!inNeedOfRoom.isEmpty()) {
            inNeedOfRoom.forEach(expiredHolds::free);
            database.queryEach(
                    READ_AGAIN,
                    List.of(locked::add, locked::addHold),
                    locked.accounts.keySet().toArray(UUID[]::new),
                    orderIds);
        }
    }

    private void addCaptures(Locked locked, List<PaymentRequested> requests) {
        UUID[] withoutHold = requests.stream()
                .map(PaymentRequested::orderId)
                .filter(orderId -> !locked.holds.containsKey(orderId))
                .toArray(UUID[]::new);
        if (withoutHold.length > 0) {
            database.query(FIND_CAPTURES, Hold::read, (Object) withoutHold)
                    .forEach(hold -> locked.holds.put(hold.orderId, hold));
        }
    }

    /** In a rolling update: the event is delivered to another replica when this one is replaced. */
    private void leaveToNewerVersions(Locked locked, List<PaymentRequested> requests) {
        Set<UUID> unknown = requests.stream()
                .filter(request ->
                        locked.holds.get(request.orderId()) instanceof Hold hold && hold.status() == HoldStatus.UNKNOWN)
                .map(PaymentRequested::eventId)
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            InboxEntry.forget(unknown);
            locked.firstSeen.removeAll(unknown);
            locked.leftOut.addAll(unknown);
        }
    }

    /** Only for a request that comes again is there anything to look up. */
    private Set<UUID> givenBack(Collection<Hold> holds) {
        UUID[] captured = holds.stream()
                .filter(hold -> hold.status() == HoldStatus.CAPTURED)
                .map(hold -> hold.orderId)
                .toArray(UUID[]::new);
        return captured.length == 0
                ? Set.of()
                : Set.copyOf(database.query(Hold.GIVEN_BACK, row -> Database.uuid(row, "order_id"), (Object) captured));
    }

    private static final class Locked {
        final Set<UUID> firstSeen = new HashSet<>();
        final Set<UUID> leftOut = new HashSet<>();
        final Map<UUID, LockedAccount> accounts = new HashMap<>();
        final Map<UUID, Hold> holds = new HashMap<>();
        final Map<UUID, UUID> transferIds = new HashMap<>();

        @Nullable
        Instant now;

        /** Without a hold nothing is captured, and so no time needed. */
        Instant now() {
            return now == null ? Instant.EPOCH : now;
        }

        void add(ResultSet row) throws SQLException {
            UUID id = Database.uuid(row, "id");
            switch (row.getString("row")) {
                case "FIRST_SEEN" -> firstSeen.add(id);
                case "BUSY" -> leftOut.add(id);
                case "ACCOUNT" ->
                    accounts.put(
                            id,
                            new LockedAccount(
                                    id, row.getBigDecimal("balance"), row.getBigDecimal("held"), ChainHead.read(row)));
                default -> throw new IllegalStateException("There is no such row in the statement");
            }
        }

        void addHold(ResultSet row) throws SQLException {
            Hold hold = Hold.read(row);
            holds.put(hold.orderId, hold);
            transferIds.put(hold.orderId, Database.uuid(row, "transfer_id"));
            now = now == null ? Database.instant(row, "now") : now;
        }
    }
}
