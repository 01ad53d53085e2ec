package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Takes many holds of order-service by two round trips and one commit; where it does not take all, it says by one more why not. */
@ApplicationScoped
class HoldBatches {
    // The accounts are locked by a statement of their own, so that the next one sees what their last owner committed.
    // It leaves their ids to it in a setting of this transaction: no round trip is needed between the two.
    private static final String LOCK = """
            select set_config('holdfast.locked_accounts', coalesce(string_agg(user_id::text, ','), ''), true) from (
                select user_id from account where user_id = any(?) order by user_id for no key update%s) as locked;
            """;
    private static final String LOCK_THE_FREE = LOCK.formatted(" skip locked");
    // A time for all of them together: a lock_timeout would be one for each.
    private static final String LOCK_ALL =
            "set local statement_timeout = '100ms';" + LOCK.formatted("") + "set local statement_timeout to default;";

    private static final String LOCKED_ACCOUNTS =
            "(select string_to_array(current_setting('holdfast.locked_accounts'), ',')::uuid[])::uuid[]";

    // Of one account's holds those are taken whose sum, in their order, it covers. Sums come by subqueries: a join is
    // planned as a full scan on fresh tables.
    private static final String TAKE = """
            with wanted as (
                select order_id, user_id, amount, sum(amount) over (partition by user_id order by place) as total
                  from unnest(?::uuid[], ?::uuid[], ?::numeric[])
                       with ordinality as asked (order_id, user_id, amount, place)
                 where user_id = any(%s)
                   and order_id <> all(array(
                       select order_id from hold where order_id = any(?)
                       union all
                       select order_id from transfer
                        where order_id is not null and order_id = any(?) and kind = 'CAPTURE'))),
            covered as materialized (
                select order_id, user_id, amount from wanted
                 where total <= (select balance - held from account
                                  where account.user_id = wanted.user_id and status = 'OPEN')),
            reserved as (
                update account
                   set held = held + (select sum(amount) from covered where covered.user_id = account.user_id),
                       updated_at = statement_timestamp()
                 where user_id = any(array(select user_id from covered)))
            insert into hold (order_id, user_id, amount, status, taken_by, expires_at, created_at, updated_at)
            select order_id, user_id, amount, 'HELD', 'ORDERS', statement_timestamp() + ? * interval '1 millisecond',
                   statement_timestamp(), statement_timestamp()
              from covered returning order_id, expires_at
            """.formatted(LOCKED_ACCOUNTS);
    private static final String TAKE_FREE = LOCK_THE_FREE + TAKE;
    private static final String TAKE_WAITING = LOCK_ALL + TAKE;

    // What an account lacks money for is refused only where no expired hold could make room.
    private static final String WHY_NOT = """
            with known as materialized (
                select order_id, user_id, amount, status, expires_at, expires_at > statement_timestamp() as in_time
                  from hold where order_id = any(?)
                union all
                select order_id, debit_account, amount, 'CAPTURED', null, false from transfer
                 where order_id is not null and order_id = any(?) and kind = 'CAPTURE')
            select order_id,
                (select expires_at from known where known.order_id = asked.order_id and status = 'HELD') as expires_at,
                case
                when exists (select from known where known.order_id = asked.order_id and known.user_id = asked.user_id
                                and known.amount = asked.amount and status = 'HELD' and in_time) then 'HELD'
                when user_id <> all(%s) then case
                    when exists (select from account where account.user_id = asked.user_id) then 'ACCOUNT_BUSY'
                    else 'ACCOUNT_NOT_FOUND' end
                when order_id = any(array(select order_id from known)) then (
                    select case
                        when known.user_id <> asked.user_id or (known.amount <> asked.amount and status <> 'CAPTURED')
                            then 'HOLD_CONFLICT'
                        when status = 'CAPTURED' then 'HOLD_CAPTURED'
                        when status = 'RELEASED' then 'HOLD_RELEASED'
                        else 'UNDECIDED' end
                      from known where known.order_id = asked.order_id limit 1)
                else (
                    select case
                        when status = 'CLOSED' then 'ACCOUNT_CLOSED'
                        when status <> 'OPEN' then 'ACCOUNT_FROZEN'
                        when amount <= balance - held
                          or exists (select from hold where hold.user_id = asked.user_id and hold.status = 'HELD'
                                        and expires_at <= statement_timestamp()) then 'UNDECIDED'
                        else 'INSUFFICIENT_FUNDS' end
                      from account where account.user_id = asked.user_id) end as outcome
              from unnest(?::uuid[], ?::uuid[], ?::numeric[]) as asked (order_id, user_id, amount)
            """.formatted(LOCKED_ACCOUNTS);

    private final Database database;

    HoldBatches(Database database) {
        this.database = database;
    }

    /**
     * Takes those of the holds that nothing stands in the way of: the order has none, and the account is there and has the
     * money.
     *
     * @param wait whether to wait, up to 100 ms in all, until none of the accounts is locked by somebody else; without it
     *     their holds are put aside
     * @return what came of each order; those are left out of which only {@link LockedHolds} can tell
     * @throws dev.holdfast.delivery.database.DatabaseException when an account stays locked, or one of the orders is there
     *     twice; none of them is taken then
     */
    @Transactional
    Map<UUID, HoldResult> take(List<HoldRequest> requests, Duration expiry, boolean wait) {
        UUID[] userIds = userIds(requests);
        UUID[] orderIds = orderIds(requests);
        Map<UUID, HoldResult> results = HashMap.newHashMap(requests.size());
        database.queryEach(
                wait ? TAKE_WAITING : TAKE_FREE,
                List.of(
                        locked -> {},
                        taken -> results.put(
                                Database.uuid(taken, "order_id"),
                                new HoldResult.Held(Database.instant(taken, "expires_at")))),
                userIds,
                orderIds,
                userIds,
                amounts(requests),
                orderIds,
                orderIds,
                expiry.toMillis());
        if (results.size() < requests.size()) {
            explain(
                    requests.stream()
                            .filter(each -> !results.containsKey(each.orderId()))
                            .toList(),
                    results);
        }
        return results;
    }

    private void explain(List<HoldRequest> notTaken, Map<UUID, HoldResult> results) {
        UUID[] orderIds = orderIds(notTaken);
        database.queryEach(
                WHY_NOT,
                List.of(row -> {
                    UUID orderId = Database.uuid(row, "order_id");
                    HoldResult.read(row).ifPresent(result -> results.put(orderId, result));
                }),
                orderIds,
                orderIds,
                orderIds,
                userIds(notTaken),
                amounts(notTaken));
    }

    private static UUID[] orderIds(List<HoldRequest> requests) {
        return requests.stream().map(HoldRequest::orderId).toArray(UUID[]::new);
    }

    private static UUID[] userIds(List<HoldRequest> requests) {
        return requests.stream().map(HoldRequest::userId).toArray(UUID[]::new);
    }

    private static BigDecimal[] amounts(List<HoldRequest> requests) {
        return requests.stream().map(HoldRequest::amount).toArray(BigDecimal[]::new);
    }
}
