package dev.holdfast.payment.adjustment;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountLock;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.adjustment.AdjustmentResult.NotDone;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.payment.transfer.TransferPart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import java.util.UUID;

/** Decides about a proposal and books its transfer, by one statement. */
@ApplicationScoped
class Approval {
    /** What the statement found. */
    enum Outcome {
        BOOKED,
        /** The proposal did not wait for this operator; nothing was changed. */
        NOT_PENDING,
        /** The account does not let it happen: the caller has to roll back. */
        NOT_POSSIBLE
    }

    // Whoever decides the second time finds the row decided: the guard is evaluated again after a wait for its lock.
    private static final String APPROVE = """
            with approved as (
                update adjustment
                   set status = 'APPROVED', decided_by = ?, decided_at = statement_timestamp(), transfer_id = uuidv7()
                 where id = ? and status = 'PENDING' and expires_at > statement_timestamp() and proposed_by <> ?
                returning user_id, change, transfer_id),
            adjusted as (%s),
            booked as (
                insert into transfer (id, debit_account, credit_account, amount, kind, actor, created_at)
                select transfer_id, case when change < 0 then user_id else '%2$s' end,
                       case when change < 0 then '%2$s' else user_id end, abs(change), 'ADJUSTMENT', ?, clock_timestamp()
                  from approved where exists (select from adjusted))
            select case
                when not exists (select from approved) then 'NOT_PENDING'
                when not exists (select from adjusted) then 'NOT_POSSIBLE'
                else 'BOOKED' end as outcome
            """;
    // The sum is calculated without a limit, so that one beyond the largest balance is refused and not an error.
    private static final String WITH_BALANCE =
            APPROVE.formatted("""
            update account set balance = balance + (select change from approved), updated_at = clock_timestamp()
             where user_id = (select user_id from approved) and status <> 'CLOSED'
               and balance + (select change from approved) between held and %s
            returning user_id""".formatted(Money.MAX.toPlainString()), OutsideAccounts.FUNDING);
    // All transfers, and no checkpoint, so that the sum is true; under the lock it stays so.
    private static final String BOOKS_ONLY = APPROVE.formatted(
            """
            select user_id from account
             where user_id = (select user_id from approved)
               and balance = (select change from approved)""" + TransferPart.each("", part -> """
             %s (select coalesce(sum(amount), 0) from transfer where %s)
            """.formatted(part.sign(), part.of("account.user_id"))),
            OutsideAccounts.FUNDING);

    private final Database database;
    private final AccountLock lock;
    private final ExpiredHolds expiredHolds;

    Approval(Database database, AccountLock lock, ExpiredHolds expiredHolds) {
        this.database = database;
        this.lock = lock;
        this.expiredHolds = expiredHolds;
    }

    /** Locks the account for the caller's transaction, and lets holds whose time is over make room. */
    @Transactional(TxType.MANDATORY)
    Optional<AccountStatus> lock(UUID userId) {
        Optional<AccountStatus> status = lock.take(userId);
        status.ifPresent(there -> expiredHolds.free(userId));
        return status;
    }

    /** To be called under the account's lock. */
    @Transactional(TxType.MANDATORY)
    Outcome book(Adjustment adjustment, String operator) {
        return database.only(
                adjustment.booksOnly() ? BOOKS_ONLY : WITH_BALANCE,
                row -> Outcome.valueOf(row.getString("outcome")),
                operator,
                adjustment.id(),
                operator,
                operator);
    }

    /** Why an account of this status does not let it happen. */
    static NotDone refusal(Adjustment adjustment, AccountStatus account) {
        if (adjustment.booksOnly()) {
            return NotDone.DOES_NOT_BALANCE;
        }
        return switch (account) {
            case CLOSED -> NotDone.ACCOUNT_CLOSED;
            case OPEN, FROZEN, UNKNOWN ->
                adjustment.direction() == Direction.DEBIT ? NotDone.BELOW_HELD : NotDone.OVER_LIMIT;
        };
    }
}
