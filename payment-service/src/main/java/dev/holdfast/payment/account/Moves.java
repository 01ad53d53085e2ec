package dev.holdfast.payment.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.delivery.audit.Audit;
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
    private final Accounts accounts;
    private final IdempotencyKeys keys;
    private final Audit audit;
    private final ObjectMapper json;

    Moves(Accounts accounts, IdempotencyKeys keys, Audit audit, ObjectMapper json) {
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
     * @param booking changes the balance and books the transfer; returns the transfer's id, or empty where the account does
     *     not let it happen or is not there
     */
    @Transactional(TxType.MANDATORY)
    MoveResult make(Move move, @Nullable IdempotencyKey key, Acting by, Supplier<Optional<UUID>> booking) {
        MoveResult result = key == null ? book(move, by, booking) : bookOnce(move, key, by, booking);
        if (result instanceof NotMoved reason && reason != NotMoved.KEY_IN_PROGRESS) {
            audit.refused(by, move.act(), reason.code());
        }
        return result;
    }

    private MoveResult bookOnce(Move move, IdempotencyKey key, Acting by, Supplier<Optional<UUID>> booking) {
        return keys.claim(move.userId(), key, move.fingerprint()).orElseGet(() -> {
            MoveResult result = book(move, by, booking);
            if (result instanceof Moved moved) {
                keys.answer(move.userId(), key, move.fingerprint(), moved.account());
            }
            return result;
        });
    }

    private MoveResult book(Move move, Acting by, Supplier<Optional<UUID>> booking) {
        Optional<UUID> transfer = booking.get();
        transfer.ifPresent(id -> audit.done(by, move.act().with("transfer_id", id)));
        AccountView account = accounts.find(move.userId()).orElse(null);
        if (account == null) {
            return NotMoved.ACCOUNT_NOT_FOUND;
        }
        return transfer.isPresent() ? new Moved(write(account), false) : move.refusal();
    }

    private String write(AccountView account) {
        try {
            return json.writeValueAsString(account);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An account could not be written as JSON", impossible);
        }
    }
}
