package dev.holdfast.payment.hold;

import dev.holdfast.payment.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Takes many holds by two round trips and one commit, and says of each that it does not take why not. */
@ApplicationScoped
class JointHolds {
    /** A hold to be taken. */
    record Wanted(UUID orderId, UUID userId, BigDecimal amount) {}

    // The accounts are locked by a statement of their own, so that the next one sees what their last owner committed.
    // It
    // leaves their ids to the next one in a setting of this transaction: no round trip is needed between the two.
    private static final String LOCK = """
            select set_config('holdfast.locked_accounts', coalesce(string_agg(user_id::text, ','), ''), true) from (
                select user_id from account where user_id = any(?) order by user_id for no key update%s) as locked;
            """;
    private static final String LOCK_THE_FREE = LOCK.formatted(" skip locked");
    // A time for all of them together: a lock_timeout would be one for each.
    private static final String LOCK_ALL =
            "set local statement_timeout = '100ms';" + LOCK.formatted("") + "set local statement_timeout to default;";

    // Of one account's holds those are taken whose sum, in their order, it covers. What one account lacks money for is
    // refused only where it does not fit beside those taken, and where no expired hold could make room. Sums come by
    // subqueries: a join is planned as a full scan on fresh tables.
    private static final String TAKE = """
            with locked as materialized (
                select user_id, balance - held as available from account
                 where user_id = any(string_to_array(current_setting('holdfast.locked_accounts'), ',')::uuid[])),
            asked as materialized (select ?::uuid[] as order_ids),
            known as materialized (
                select order_id, user_id, amount, status, expires_at > statement_timestamp() as in_time from hold
                 where order_id = any((select order_ids from asked)::uuid[])
                union all
                select order_id, debit_account, amount, 'CAPTURED', false from transfer
                 where order_id is not null and order_id = any((select order_ids from asked)::uuid[])
                   and kind = 'CAPTURE'),
            wish as materialized (
                select order_id, user_id, amount, place,
                       user_id = any(array(select user_id from locked)) as is_locked,
                       order_id = any(array(select order_id from known)) as is_known
                  from unnest((select order_ids from asked), ?::uuid[], ?::numeric[])
                       with ordinality as wish (order_id, user_id, amount, place)),
            summed as (
                select order_id, user_id, amount, sum(amount) over (partition by user_id order by place) as total
                  from wish where is_locked and not is_known),
            covered as materialized (
                select order_id, user_id, amount from summed
                 where total <= (select available from locked where locked.user_id = summed.user_id)),
            reserved as (
                update account
                   set held = held + (select sum(amount) from covered where covered.user_id = account.user_id),
                       updated_at = statement_timestamp()
                 where user_id = any(array(select user_id from covered))),
            taken as (
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select order_id, user_id, amount, 'HELD', statement_timestamp() + ? * interval '1 millisecond',
                       statement_timestamp(), statement_timestamp()
                  from covered)
            select order_id, case
                when order_id = any(array(select order_id from covered)) then 'HELD'
                when exists (select from known where known.order_id = wish.order_id and known.user_id = wish.user_id
                                and known.amount = wish.amount and status = 'HELD' and in_time) then 'HELD'
                when not is_locked then case
                    when exists (select from account where account.user_id = wish.user_id) then 'ACCOUNT_BUSY'
                    else 'ACCOUNT_NOT_FOUND' end
                when is_known then (
                    select case
                        when known.user_id <> wish.user_id or known.amount <> wish.amount then 'HOLD_CONFLICT'
                        when status = 'CAPTURED' then 'HOLD_CAPTURED'
                        when status = 'RELEASED' then 'HOLD_RELEASED'
                        when status = 'HELD' and in_time then 'HELD'
                        else 'UNDECIDED' end
                      from known where known.order_id = wish.order_id limit 1)
                when amount <= (select available from locked where locked.user_id = wish.user_id)
                         - coalesce((select sum(amount) from covered where covered.user_id = wish.user_id), 0)
                    then 'UNDECIDED'
                when exists (select from hold where hold.user_id = wish.user_id and status = 'HELD'
                                and expires_at <= statement_timestamp()) then 'UNDECIDED'
                else 'INSUFFICIENT_FUNDS' end as outcome
              from wish
            """;
    private static final String TAKE_FREE = LOCK_THE_FREE + TAKE;
    private static final String TAKE_WAITING = LOCK_ALL + TAKE;

    private final Database database;

    JointHolds(Database database) {
        this.database = database;
    }

    /**
     * Takes those of the holds that nothing stands in the way of: the order has none, and the account is there and has the
     * money.
     *
     * @param wait whether to wait, up to 100 ms in all, until none of the accounts is locked by somebody else; without it
     *     their holds are put aside
     * @return what came of each order
     * @throws dev.holdfast.delivery.DatabaseException when an account stays locked, or one of the orders is there twice; none
     *     of them is taken then
     */
    @Transactional
    Map<UUID, JointOutcome> take(List<Wanted> wanted, Duration expiry, boolean wait) {
        UUID[] userIds = wanted.stream().map(Wanted::userId).toArray(UUID[]::new);
        Map<UUID, JointOutcome> outcomes = HashMap.newHashMap(wanted.size());
        database.queryEach(
                wait ? TAKE_WAITING : TAKE_FREE,
                List.of(
                        locked -> {},
                        row -> outcomes.put(
                                Database.uuid(row, "order_id"), JointOutcome.valueOf(row.getString("outcome")))),
                userIds,
                wanted.stream().map(Wanted::orderId).toArray(UUID[]::new),
                userIds,
                wanted.stream().map(Wanted::amount).toArray(BigDecimal[]::new),
                expiry.toMillis());
        return outcomes;
    }
}
