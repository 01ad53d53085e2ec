package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.UUID;

/** Gives back the money of an order that was captured after the order had been cancelled. */
@ApplicationScoped
public class Refunds {
    /** What came of a refund. */
    public sealed interface Result {
        /** The money is back on the account: now, or by an earlier call. */
        record Refunded(BigDecimal amount) implements Result {}

        enum NotRefunded implements Result {
            /** Nothing was captured for this order of this user. */
            NOTHING_CAPTURED,
            /** The account is so full that the money has no room. */
            OVER_LIMIT
        }
    }

    private static final String LOCK_ACCOUNT = "select user_id from account where user_id = ? for no key update";
    private static final String CAPTURED = "orderId = ?1 and debitAccount = ?2 and kind = 'CAPTURE'";
    private static final String REFUNDED = "orderId = ?1 and kind = 'REFUND'";
    // Money that is owed arrives in any case. On a closed account it waits, frozen, for an operator to pay it out.
    private static final String PAY_BACK = """
            with paid_back as (
                update account
                   set balance = balance + ?, status = case status when 'CLOSED' then 'FROZEN' else status end,
                       updated_at = statement_timestamp()
                 where user_id = ? and balance + ? <= %s
                returning user_id, old.status <> status as reopened),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, actor, created_at)
                select ?, user_id, ?, 'REFUND', ?, ?, statement_timestamp() from paid_back)
            select reopened from paid_back
            """.formatted(Money.MAX.toPlainString());

    private final Database database;
    private final Audit audit;

    Refunds(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * Refunds the order in full, once however often it is asked for. The audit has the refund, and no refusal: order-service
     * asks again and again until there is a refund.
     */
    @DatabaseBulkhead
    @Transactional
    public Result refund(UUID orderId, UUID userId, Acting by) {
        // The account's lock makes two refunds of one order take turns.
        database.first(LOCK_ACCOUNT, row -> row.getObject(1), userId);
        Transfer captured = Transfer.find(CAPTURED, orderId, userId).firstResult();
        if (captured == null) {
            return Result.NotRefunded.NOTHING_CAPTURED;
        }
        BigDecimal amount = captured.amount;
        if (Transfer.count(REFUNDED, orderId) > 0) {
            return new Result.Refunded(amount);
        }
        Optional<Boolean> reopened = database.first(
                PAY_BACK,
                row -> row.getBoolean("reopened"),
                amount,
                userId,
                amount,
                OutsideAccounts.REVENUE,
                amount,
                orderId,
                new Database.Text(by.subject()));
        if (reopened.isEmpty()) {
            return Result.NotRefunded.OVER_LIMIT;
        }
        Act act = new Act("refund", "order", orderId).with("user_id", userId).with("amount", amount);
        audit.done(by, reopened.get() ? act.with("reopened", AccountStatus.FROZEN) : act);
        return new Result.Refunded(amount);
    }
}
