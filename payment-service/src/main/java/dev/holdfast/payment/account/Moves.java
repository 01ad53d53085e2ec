package dev.holdfast.payment.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.account.MoveResult.Moved;
import dev.holdfast.payment.account.MoveResult.NotMoved;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What deposits and withdrawals have in common: once for each key, written down, and answered with the account. */
@ApplicationScoped
class Moves {
    private final Database database;
    private final Accounts accounts;
    private final IdempotencyKeys keys;
    private final Audit audit;
    private final ObjectMapper json;

    Moves(Database database, Accounts accounts, IdempotencyKeys keys, Audit audit, ObjectMapper json) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        this.audit = audit;
        this.json = json;
    }

    /**
     * Makes the move: money, transfer, the answer to the key and the audit are the caller's one transaction. The audit has
     * nothing of a request that only gets the answer to an earlier one, or is to be sent again.
     *
     * @param key null where the client does not say whether two requests mean the same
     * @param booking returns the id of the transfer that it has booked, or empty where the account does not let it happen or
     *     is not there
     */
    @Transactional(TxType.MANDATORY)
    MoveResult make(Move move, @Nullable IdempotencyKey key, Acting by, Supplier<Optional<UUID>> booking) {
        MoveResult result = key == null ? makeNow(move, by, booking) : makeForKey(move, key, by, booking);
        if (result instanceof NotMoved reason && reason != NotMoved.KEY_IN_PROGRESS) {
            audit.refused(by, move.act(), reason.code());
        }
        return result;
    }

    /**
     * Changes the balance and books the transfer, by one statement.
     *
     * @param sql has as parameters amount, user, amount, the outside account, amount and who did it; returns the transfer's id
     */
    @Transactional(TxType.MANDATORY)
    Optional<UUID> book(String sql, Move move, Acting by) {
        return database.first(
                sql,
                row -> Database.uuid(row, "id"),
                move.amount(),
                move.userId(),
                move.amount(),
                OutsideAccounts.FUNDING,
                move.amount(),
                new Database.Text(by.subject()));
    }

    private MoveResult makeForKey(Move move, IdempotencyKey key, Acting by, Supplier<Optional<UUID>> booking) {
        return keys.claim(move.userId(), key, move.fingerprint()).orElseGet(() -> {
            MoveResult result = makeNow(move, by, booking);
            if (result instanceof Moved moved) {
                keys.answer(move.userId(), key, move.fingerprint(), moved.account());
            }
            return result;
        });
    }

    private MoveResult makeNow(Move move, Acting by, Supplier<Optional<UUID>> booking) {
        Optional<UUID> transfer = booking.get();
        transfer.ifPresent(id -> audit.done(by, move.act().with("transfer_id", id)));
        AccountView account = accounts.find(move.userId()).orElse(null);
        if (account == null) {
            return NotMoved.ACCOUNT_NOT_FOUND;
        }
        return transfer.isPresent() ? new Moved(write(account), false) : move.refusal(account.status());
    }

    private String write(AccountView account) {
        try {
            return json.writeValueAsString(account);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An account could not be written as JSON", impossible);
        }
    }
}
