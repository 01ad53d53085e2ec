package dev.holdfast.payment;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import java.util.UUID;

/** The lock of an account's row. Whoever has it decides about the account's money; batches lock many rows by statements of their own. */
@ApplicationScoped
public class AccountLock {
    private static final String LOCK = "select status from account where user_id = ? for no key update";

    private final Database database;

    AccountLock(Database database) {
        this.database = database;
    }

    /**
     * Locks the account for the caller's transaction. Its next statement sees what was committed before.
     *
     * @return what may happen on it; empty where there is none
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody else keeps it locked for too long
     */
    @Transactional(TxType.MANDATORY)
    public Optional<AccountStatus> take(UUID userId) {
        return database.first(LOCK, row -> AccountStatus.of(row.getString("status")), userId);
    }
}
