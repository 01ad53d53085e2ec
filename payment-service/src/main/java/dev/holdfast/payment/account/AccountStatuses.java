package dev.holdfast.payment.account;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.AccountLock;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.account.StatusChangeResult.Changed;
import dev.holdfast.payment.account.StatusChangeResult.NotChanged;
import dev.holdfast.payment.hold.ExpiredHolds;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Freezes, unfreezes and closes accounts. */
@ApplicationScoped
public class AccountStatuses {
    private static final String CHANGE =
            "update account set status = ?, updated_at = clock_timestamp() where user_id = ?";
    private static final String CLOSE = CHANGE + " and balance = 0 and held = 0";

    private final Database database;
    private final AccountLock lock;
    private final ExpiredHolds expiredHolds;
    private final Accounts accounts;
    private final Audit audit;

    AccountStatuses(Database database, AccountLock lock, ExpiredHolds expiredHolds, Accounts accounts, Audit audit) {
        this.database = database;
        this.lock = lock;
        this.expiredHolds = expiredHolds;
        this.accounts = accounts;
        this.audit = audit;
    }

    /**
     * Changes the account's status in one transaction, under its lock: what takes its money comes before, or finds it changed.
     * An account that has the status stays as it is, and the audit has nothing of that.
     *
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody keeps the account locked; nothing was changed
     */
    @DatabaseBulkhead
    @Transactional
    public StatusChangeResult change(StatusChange change, UUID userId, String reason, Acting by) {
        StatusChangeResult result = changeLocked(change, userId, reason, by);
        if (result instanceof NotChanged refusal && refusal.code() != null) {
            audit.refused(by, change.act(userId, reason), refusal.code());
        }
        return result;
    }

    private StatusChangeResult changeLocked(StatusChange change, UUID userId, String reason, Acting by) {
        AccountStatus before = lock.take(userId).orElse(null);
        if (before == null) {
            return NotChanged.ACCOUNT_NOT_FOUND;
        }
        if (before != change.to()) {
            if (!change.isPossibleFrom(before)) {
                return before == AccountStatus.CLOSED ? NotChanged.ACCOUNT_CLOSED : NotChanged.OF_NEWER_VERSION;
            }
            if (!write(change, userId)) {
                return NotChanged.ACCOUNT_NOT_EMPTY;
            }
            audit.done(by, change.act(userId, reason));
        }
        return new Changed(accounts.find(userId).orElseThrow());
    }

    private boolean write(StatusChange change, UUID userId) {
        if (change == StatusChange.CLOSE) {
            expiredHolds.free(userId);
        }
        String sql = change == StatusChange.CLOSE ? CLOSE : CHANGE;
        return database.update(sql, change.to().name(), userId) == 1;
    }
}
