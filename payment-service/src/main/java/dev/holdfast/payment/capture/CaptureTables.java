package dev.holdfast.payment.capture;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.OrderService;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.capture.CaptureBatch.Captured;
import dev.holdfast.payment.chain.ChainHead;
import dev.holdfast.payment.hold.Hold;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a batch of captures by one statement. */
@ApplicationScoped
class CaptureTables {
    // New balances are found by their place in the array: a join with it is planned as a full scan on fresh tables.
    // Transfers
    // come with their numbers and hashes; those of accounts that are not numbered yet come without, which the trigger
    // sees.
    private static final String CAPTURE = """
            with captured as (
                update hold set status = 'CAPTURED', updated_at = statement_timestamp() where order_id = any(?)),
            booked as (
                insert into transfer (id, debit_account, credit_account, amount, kind, order_id, actor, created_at,
                                      version, balance_after, hash)
                select id, user_id, ?, amount, 'CAPTURE', order_id, '%s', created_at, version, balance_after, hash
                  from unnest(?::uuid[], ?::uuid[], ?::numeric[], ?::uuid[], ?::timestamptz[], ?::bigint[], ?::numeric[],
                              ?::bytea[])
                    as capture (id, user_id, amount, order_id, created_at, version, balance_after, hash))
            update account
               set (balance, held, version, booked, booked_at, head) = (
                       select (?::numeric[])[place], (?::numeric[])[place], (?::bigint[])[place],
                              (?::numeric[])[place], (?::timestamptz[])[place], (?::bytea[])[place]
                         from (select array_position(?::uuid[], user_id) as place offset 0) as changed),
                   updated_at = statement_timestamp()
             where user_id = any(?)
            """.formatted(OrderService.NAME);

    // Only for orders of which less is captured than was held, which are few.
    private static final String CAPTURED_IN_PART = """
            update hold set amount = (?::numeric[])[array_position(?::uuid[], order_id)] where order_id = any(?)
            """;

    private final Database database;

    CaptureTables(Database database) {
        this.database = database;
    }

    /** Writes what the batch took. */
    @Transactional(TxType.MANDATORY)
    void write(CaptureBatch batch) {
        List<Captured> captured = batch.captured();
        if (captured.isEmpty()) {
            return;
        }
        List<LockedAccount> changed = batch.changedAccounts();
        UUID[] userIds = column(changed, UUID[]::new, LockedAccount::userId);
        UUID[] orderIds = column(captured, UUID[]::new, each -> each.hold().orderId);
        int updated = database.update(
                CAPTURE,
                orderIds,
                OutsideAccounts.REVENUE,
                column(captured, UUID[]::new, Captured::transferId),
                column(captured, UUID[]::new, each -> each.hold().userId),
                column(captured, BigDecimal[]::new, each -> each.hold().amount),
                orderIds,
                column(
                        captured,
                        Instant[]::new,
                        each -> each.chain() == null
                                ? batch.now()
                                : each.chain().at()),
                column(captured, Long[]::new, each -> ifThere(each.chain(), ChainHead::version)),
                column(captured, BigDecimal[]::new, each -> ifThere(each.chain(), ChainHead::booked)),
                column(captured, byte[][]::new, each -> ifThere(each.chain(), ChainHead::hash)),
                column(changed, BigDecimal[]::new, LockedAccount::balance),
                column(changed, BigDecimal[]::new, LockedAccount::held),
                column(changed, Long[]::new, each -> ifThere(each.chain(), ChainHead::version)),
                column(changed, BigDecimal[]::new, each -> ifThere(each.chain(), ChainHead::booked)),
                column(changed, Instant[]::new, each -> ifThere(each.chain(), ChainHead::at)),
                column(changed, byte[][]::new, each -> ifThere(each.chain(), ChainHead::hash)),
                userIds,
                userIds);
        if (updated != userIds.length) {
            throw new IllegalStateException("Locked accounts are missing: " + updated + " of " + userIds.length);
        }
        writeParts(batch.capturedInPart());
    }

    private void writeParts(List<Hold> holds) {
        if (!holds.isEmpty()) {
            UUID[] orderIds = column(holds, UUID[]::new, hold -> hold.orderId);
            BigDecimal[] amounts = column(holds, BigDecimal[]::new, hold -> hold.amount);
            database.update(CAPTURED_IN_PART, amounts, orderIds, orderIds);
        }
    }

    private static <T> @Nullable T ifThere(@Nullable ChainHead chain, Function<ChainHead, T> value) {
        return chain == null ? null : value.apply(chain);
    }

    @SuppressWarnings("NullAway") // An array of PostgreSQL may have nulls.
    private static <R, C> C[] column(List<R> rows, IntFunction<C[]> array, Function<R, @Nullable C> value) {
        return rows.stream().map(value).toArray(array);
    }
}
