package dev.holdfast.payment.hold;

import dev.holdfast.payment.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Takes many holds by two round trips and one commit. */
@ApplicationScoped
class JointHolds {
    /** A hold to be taken. */
    record Wanted(UUID orderId, UUID userId, BigDecimal amount) {}

    // The accounts are locked by a statement of their own, so that the next one sees what their last owner committed.
    // Each is waited for only a moment: an account that somebody keeps locked must not hold up the others. Of one
    // account's holds those are taken whose sum, in their order, it covers. Sums come by subqueries: a join is planned
    // as a full scan on fresh tables.
    private static final String TAKE = """
            set local lock_timeout = '250ms';
            select user_id from account where user_id = any(?) order by user_id for no key update;
            with wanted as (
                select order_id, user_id, amount, sum(amount) over (partition by user_id order by place) as total
                  from unnest(?::uuid[], ?::uuid[], ?::numeric[])
                       with ordinality as wish (order_id, user_id, amount, place)
                 where order_id <> all(array(select order_id from hold where order_id = any(?)))),
            covered as materialized (
                select order_id, user_id, amount from wanted
                 where total <= (select balance - held from account where account.user_id = wanted.user_id)),
            reserved as (
                update account
                   set held = held + (select sum(amount) from covered where covered.user_id = account.user_id),
                       updated_at = ?
                 where user_id = any(array(select user_id from covered)))
            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            select order_id, user_id, amount, 'HELD', ?, ?, ? from covered returning order_id
            """;

    private final Database database;
    private final Clock clock;

    JointHolds(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Takes those of the holds that nothing stands in the way of: the order has none, and the account is there and has the
     * money.
     *
     * @return the order ids of those that were taken
     * @throws dev.holdfast.delivery.DatabaseException when an account stays locked, or one of the orders is there twice; none
     *     of them is taken then
     */
    @Transactional
    Set<UUID> take(List<Wanted> wanted, Duration expiry) {
        Instant now = clock.instant();
        UUID[] userIds = wanted.stream().map(Wanted::userId).toArray(UUID[]::new);
        UUID[] orderIds = wanted.stream().map(Wanted::orderId).toArray(UUID[]::new);
        Set<UUID> taken = HashSet.newHashSet(wanted.size());
        database.queryEach(
                TAKE,
                List.of(locked -> {}, row -> taken.add(Database.uuid(row, "order_id"))),
                userIds,
                orderIds,
                userIds,
                wanted.stream().map(Wanted::amount).toArray(BigDecimal[]::new),
                orderIds,
                now,
                now.plus(expiry),
                now,
                now);
        return taken;
    }
}
