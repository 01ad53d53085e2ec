package dev.holdfast.payment.account;

import dev.holdfast.payment.AccountLock;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes money off accounts, back to where it is deposited from: of what is available, and never of what holds reserve. */
@ApplicationScoped
public class Withdrawals {
    // The guard is evaluated again on the newest version of the row after a wait for its lock.
    private static final String WITHDRAW = """
            with debited as (
                update account set balance = balance - ?, updated_at = clock_timestamp()
                 where user_id = ? and balance - held >= ? and status = 'OPEN' returning user_id)
            insert into transfer (debit_account, credit_account, amount, kind, actor, created_at)
            select user_id, ?, ?, 'WITHDRAWAL', ?, clock_timestamp() from debited
            returning id
            """;

    private final AccountLock lock;
    private final ExpiredHolds expiredHolds;
    private final Moves moves;

    Withdrawals(AccountLock lock, ExpiredHolds expiredHolds, Moves moves) {
        this.lock = lock;
        this.expiredHolds = expiredHolds;
        this.moves = moves;
    }

    /**
     * Withdraws the amount in one transaction, see {@link Moves#make}. Holds whose time is over make room, swept or not.
     *
     * @param key null where the client does not say whether two requests mean the same
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody keeps the account locked; nothing was withdrawn
     */
    @DatabaseBulkhead
    @Transactional
    public MoveResult withdraw(UUID userId, BigDecimal amount, @Nullable IdempotencyKey key, Acting by) {
        Move move = new Move(Move.Kind.WITHDRAWAL, userId, amount);
        return moves.make(move, key, by, () -> moves.book(WITHDRAW, move, by).or(() -> withdrawFromLocked(move, by)));
    }

    /** What is refused is refused under the account's lock: nobody is about to change what it has. */
    private Optional<UUID> withdrawFromLocked(Move move, Acting by) {
        if (lock.take(move.userId()).isEmpty()) {
            return Optional.empty();
        }
        expiredHolds.free(move.userId());
        return moves.book(WITHDRAW, move, by);
    }
}
