package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountLock;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives back captured money of orders: of a FINISHED one in as many parts as order-service asks for, of one that was captured
 * after its cancellation all of it. Never more than was captured, whatever is asked for at the same time.
 */
@ApplicationScoped
public class Refunds {
    /** What came of a refund. */
    sealed interface Result {
        /** The money is back on the account: now, or by an earlier call. */
        record Refunded(BigDecimal amount) implements Result {}

        enum NotRefunded implements Result {
            /** Nothing was captured for this order of this user. */
            NOTHING_CAPTURED,
            /** Less is left of what was captured. */
            EXCEEDS_CAPTURED,
            /** A refund of this id was of another amount. */
            OTHER_AMOUNT,
            /** The account is so full that the money has no room. */
            OVER_LIMIT
        }
    }

    private static final String BOOKED = """
            select coalesce(sum(amount) filter (where kind = 'CAPTURE' and debit_account = ?), 0) as captured,
                   coalesce(sum(amount) filter (where kind = 'REFUND'), 0) as refunded,
                   sum(amount) filter (where kind = 'REFUND' and refund_id is not distinct from cast(? as uuid)) as before
              from transfer where order_id is not null and order_id = ? and kind in ('CAPTURE', 'REFUND')
            """;
    // Money that is owed arrives in any case. On a closed account it waits, frozen, for an operator to pay it out.
    private static final String PAY_BACK = """
            with paid_back as (
                update account
                   set balance = balance + ?, status = case status when 'CLOSED' then 'FROZEN' else status end,
                       updated_at = statement_timestamp()
                 where user_id = ? and balance + ? <= %s
                   and ? <= (select sum(case kind when 'CAPTURE' then amount else -amount end) from transfer
                              where order_id is not null and order_id = ? and kind in ('CAPTURE', 'REFUND'))
                returning user_id, old.status <> status as reopened),
            booked as (
                insert into transfer
                    (debit_account, credit_account, amount, kind, order_id, refund_id, actor, created_at)
                select ?, user_id, ?, 'REFUND', ?, cast(? as uuid), ?, statement_timestamp() from paid_back)
            select reopened from paid_back
            """.formatted(Money.MAX.toPlainString());

    /** @param before what this very refund has given back, null where it was not made */
    private record Booked(
            BigDecimal captured,
            BigDecimal refunded,
            @Nullable BigDecimal before) {
        BigDecimal left() {
            return captured.subtract(refunded);
        }
    }

    private final Database database;
    private final AccountLock lock;
    private final Audit audit;

    Refunds(Database database, AccountLock lock, Audit audit) {
        this.database = database;
        this.lock = lock;
        this.audit = audit;
    }

    /**
     * Makes the refund, once however often it is asked for. The audit has the refund, and no refusal: order-service asks again
     * and again until there is a refund.
     */
    @DatabaseBulkhead
    @Transactional
    Result refund(OrderRefund refund, Acting by) {
        // The account's lock makes two refunds of one order take turns; the next statement sees what the last one
        // booked.
        lock.take(refund.userId());
        Booked booked = booked(refund);
        if (booked.captured.signum() == 0) {
            return Result.NotRefunded.NOTHING_CAPTURED;
        }
        BigDecimal asked = refund.amount();
        if (booked.before != null) {
            return asked == null || asked.compareTo(booked.before) == 0
                    ? new Result.Refunded(booked.before)
                    : Result.NotRefunded.OTHER_AMOUNT;
        }
        BigDecimal amount = asked == null ? booked.left() : Money.exact(asked);
        if (amount.signum() == 0) {
            // Parts of it have been all.
            return new Result.Refunded(booked.refunded);
        }
        return amount.compareTo(booked.left()) > 0 ? Result.NotRefunded.EXCEEDS_CAPTURED : payBack(refund, amount, by);
    }

    private Booked booked(OrderRefund refund) {
        return database.only(
                BOOKED,
                row -> new Booked(
                        row.getBigDecimal("captured"), row.getBigDecimal("refunded"), row.getBigDecimal("before")),
                refund.userId(),
                refund.id(),
                refund.orderId());
    }

    private Result payBack(OrderRefund refund, BigDecimal amount, Acting by) {
        Optional<Boolean> reopened = database.first(
                PAY_BACK,
                row -> row.getBoolean("reopened"),
                amount,
                refund.userId(),
                amount,
                amount,
                refund.orderId(),
                OutsideAccounts.REVENUE,
                amount,
                refund.orderId(),
                refund.id(),
                new Database.Text(by.subject()));
        if (reopened.isEmpty()) {
            return Result.NotRefunded.OVER_LIMIT;
        }
        Act act = new Act("refund", "order", refund.orderId())
                .with("user_id", refund.userId())
                .with("amount", amount)
                .with("refund_id", refund.id());
        audit.done(by, reopened.get() ? act.with("reopened", AccountStatus.FROZEN) : act);
        return new Result.Refunded(amount);
    }
}
