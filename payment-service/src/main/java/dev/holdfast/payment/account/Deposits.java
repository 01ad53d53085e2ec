package dev.holdfast.payment.account;

import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountLock;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts money onto accounts. */
@ApplicationScoped
public class Deposits {
    // The sum is calculated without a limit, so that one beyond NUMERIC(18,2) is refused and not an error.
    private static final String DEPOSIT = """
            with credited as (
                update account set balance = balance + ?, updated_at = clock_timestamp()
                 where user_id = ? and balance + ? <= %s and status <> 'CLOSED' returning user_id)
            insert into transfer (debit_account, credit_account, amount, kind, actor, created_at)
            select ?, user_id, ?, 'DEPOSIT', ?, clock_timestamp() from credited
            returning id
            """.formatted(Money.MAX.toPlainString());

    private final AccountLock lock;
    private final Moves moves;

    Deposits(AccountLock lock, Moves moves) {
        this.lock = lock;
        this.moves = moves;
    }

    /**
     * Deposits the amount in one transaction, see {@link Moves#make}.
     *
     * @param key null where the client does not say whether two requests mean the same
     */
    @DatabaseBulkhead
    @Transactional
    public MoveResult deposit(UUID userId, BigDecimal amount, @Nullable IdempotencyKey key, Acting by) {
        Move move = new Move(Move.Kind.DEPOSIT, userId, amount);
        return moves.make(
                move,
                key,
                by,
                // What is refused is refused under the account's lock: nobody is about to change what it has.
                () -> moves.book(DEPOSIT, move, by)
                        .or(() -> lock.take(userId).flatMap(there -> moves.book(DEPOSIT, move, by))));
    }
}
