package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.rest.DatabaseBulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.UUID;

/** Gives back the money of an order that was captured after the order had been cancelled. */
@ApplicationScoped
public class Refunds {
    /** What came of a refund. */
    public sealed interface Result {
        /** The money is back on the account: now, or by an earlier call. */
        record Refunded(BigDecimal amount) implements Result {}

        /** Nothing was captured for this order of this user. */
        record NothingCaptured() implements Result {}

        /** The account is so full that the money has no room. */
        record OverLimit() implements Result {}
    }

    private static final String LOCK_ACCOUNT = "select user_id from account where user_id = ? for no key update";
    private static final String CAPTURED_AMOUNT =
            "select amount from transfer where order_id = ? and kind = 'CAPTURE' and debit_account = ?";
    private static final String IS_REFUNDED = "select 1 from transfer where order_id = ? and kind = 'REFUND'";
    private static final String PAY_BACK = """
            with paid_back as (
                update account set balance = balance + ?, updated_at = statement_timestamp()
                 where user_id = ? and balance + ? <= %s returning user_id)
            insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
            select ?, user_id, ?, 'REFUND', ?, statement_timestamp() from paid_back
            """.formatted(Money.MAX.toPlainString());

    private final Database database;

    Refunds(Database database) {
        this.database = database;
    }

    /** Refunds the order in full, once however often it is asked for. */
    @DatabaseBulkhead
    @Transactional
    public Result refund(UUID orderId, UUID userId) {
        // The account's lock makes two refunds of one order take turns.
        database.first(LOCK_ACCOUNT, row -> row.getObject(1), userId);
        BigDecimal amount = database.first(CAPTURED_AMOUNT, row -> row.getBigDecimal(1), orderId, userId)
                .orElse(null);
        if (amount == null) {
            return new Result.NothingCaptured();
        }
        if (database.first(IS_REFUNDED, row -> row.getInt(1), orderId).isPresent()) {
            return new Result.Refunded(amount);
        }
        int paidBack = database.update(PAY_BACK, amount, userId, amount, OutsideAccounts.REVENUE, amount, orderId);
        return paidBack == 1 ? new Result.Refunded(amount) : new Result.OverLimit();
    }
}
