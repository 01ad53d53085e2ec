package dev.holdfast.payment.capture;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.OrderService;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.hold.Hold;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** Writes the rows of a batch of captures by one statement. */
@ApplicationScoped
class CaptureTables {
    // New balances are found by their place in the array: a join with it is planned as a full scan on fresh tables.
    private static final String CAPTURE = """
            with captured as (
                update hold set status = 'CAPTURED', updated_at = statement_timestamp() where order_id = any(?)),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, actor, created_at)
                select user_id, ?, amount, 'CAPTURE', order_id, '%s', statement_timestamp()
                  from unnest(?::uuid[], ?::numeric[], ?::uuid[]) as capture (user_id, amount, order_id))
            update account
               set balance = (?::numeric[])[array_position(?::uuid[], user_id)],
                   held = (?::numeric[])[array_position(?::uuid[], user_id)],
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
        List<Hold> captured = batch.captured();
        if (captured.isEmpty()) {
            return;
        }
        UUID[] orderIds = captured.stream().map(hold -> hold.orderId).toArray(UUID[]::new);
        UUID[] payers = captured.stream().map(hold -> hold.userId).toArray(UUID[]::new);
        BigDecimal[] amounts = captured.stream().map(hold -> hold.amount).toArray(BigDecimal[]::new);
        List<LockedAccount> changed = batch.changedAccounts();
        UUID[] userIds = changed.stream().map(LockedAccount::userId).toArray(UUID[]::new);
        BigDecimal[] balances = changed.stream().map(LockedAccount::balance).toArray(BigDecimal[]::new);
        BigDecimal[] held = changed.stream().map(LockedAccount::held).toArray(BigDecimal[]::new);
        int updated = database.update(
                CAPTURE,
                orderIds,
                OutsideAccounts.REVENUE,
                payers,
                amounts,
                orderIds,
                balances,
                userIds,
                held,
                userIds,
                userIds);
        if (updated != userIds.length) {
            throw new IllegalStateException("Locked accounts are missing: " + updated + " of " + userIds.length);
        }
        writeParts(batch.capturedInPart());
    }

    private void writeParts(List<Hold> holds) {
        if (!holds.isEmpty()) {
            UUID[] orderIds = holds.stream().map(hold -> hold.orderId).toArray(UUID[]::new);
            BigDecimal[] amounts = holds.stream().map(hold -> hold.amount).toArray(BigDecimal[]::new);
            database.update(CAPTURED_IN_PART, amounts, orderIds, orderIds);
        }
    }
}
