package dev.holdfast.payment.hold;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.AccountLock;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.hold.HoldResult.NotHeld;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Settles holds under the account's row lock: first the lock, then, by a second statement, what is there. So whatever
 * expired while the lock was waited for has expired.
 */
@ApplicationScoped
class LockedHolds {
    // A hold that was captured long ago is removed; its transfer stands for it.
    private static final String FIND = "(select " + Hold.COLUMNS + " from hold where order_id = ?) union all (select "
            + Hold.COLUMNS_OF_CAPTURE
            + " from transfer where order_id is not null and order_id = ? and kind = 'CAPTURE') limit 1";
    private static final String RESERVE = """
            update account set held = held + ?, updated_at = statement_timestamp()
             where user_id = ? and balance - held >= ?
            """;
    private static final String INSERT = """
            insert into hold (order_id, user_id, amount, status, taken_by, expires_at, created_at, updated_at)
            values (?, ?, ?, 'HELD', ?, statement_timestamp() + ? * interval '1 millisecond',
                    statement_timestamp(), statement_timestamp())
            returning expires_at
            """;
    private static final String RENEW = """
            update hold set status = 'HELD', expires_at = statement_timestamp() + ? * interval '1 millisecond',
                   updated_at = statement_timestamp()
             where order_id = ? and status = 'EXPIRED'
            returning expires_at
            """;
    private static final String MARK_RELEASED =
            "update hold set status = 'RELEASED', updated_at = statement_timestamp() where order_id = ?";
    private static final String FREE =
            "update account set held = held - ?, updated_at = statement_timestamp() where user_id = ?";
    // For an order without a hold, so that none can be taken later. Another user's that is being taken at this moment
    // stays.
    private static final String INSERT_RELEASED = """
            insert into hold (order_id, user_id, amount, status, taken_by, expires_at, created_at, updated_at)
            values (?, ?, ?, 'RELEASED', ?, statement_timestamp(), statement_timestamp(), statement_timestamp())
            on conflict do nothing
            """;

    private final Database database;
    private final AccountLock lock;
    private final ExpiredHolds expiredHolds;
    private final Audit audit;

    LockedHolds(Database database, AccountLock lock, ExpiredHolds expiredHolds, Audit audit) {
        this.database = database;
        this.lock = lock;
        this.expiredHolds = expiredHolds;
        this.audit = audit;
    }

    /**
     * @throws dev.holdfast.delivery.database.DatabaseException where the account stays locked, or the order got its first
     *     hold
     */
    @Transactional
    HoldResult take(HoldRequest request, Duration expiry) {
        AccountStatus account = lock.take(request.userId()).orElse(null);
        if (account == null) {
            return NotHeld.ACCOUNT_NOT_FOUND;
        }
        Hold existing = find(request.orderId()).orElse(null);
        if (existing != null && !existing.isOf(request.userId(), request.amount())) {
            return NotHeld.HOLD_CONFLICT;
        }
        if (existing != null && existing.reserves()) {
            return new HoldResult.Held(existing.expiresAt);
        }
        return switch (existing == null ? HoldStatus.EXPIRED : existing.status()) {
            case CAPTURED -> NotHeld.HOLD_CAPTURED;
            case RELEASED -> NotHeld.HOLD_RELEASED;
            case UNKNOWN -> NotHeld.OF_NEWER_VERSION;
            case HELD, EXPIRED -> takeOf(account, request, expiry, existing != null);
        };
    }

    /** @param again whether the order has a hold whose time is over */
    private HoldResult takeOf(AccountStatus account, HoldRequest request, Duration expiry, boolean again) {
        return switch (account) {
            case FROZEN, UNKNOWN -> NotHeld.ACCOUNT_FROZEN;
            case CLOSED -> NotHeld.ACCOUNT_CLOSED;
            case OPEN -> {
                expiredHolds.free(request.userId());
                if (database.update(RESERVE, request.amount(), request.userId(), request.amount()) == 0) {
                    yield NotHeld.INSUFFICIENT_FUNDS;
                }
                if (request.client() != null) {
                    audit.done(request.client(), request.act());
                }
                yield new HoldResult.Held(again ? renew(request, expiry) : insert(request, expiry));
            }
        };
    }

    private Instant insert(HoldRequest request, Duration expiry) {
        return database.only(
                INSERT,
                LockedHolds::expiresAt,
                request.orderId(),
                request.userId(),
                request.amount(),
                request.takenBy().name(),
                expiry.toMillis());
    }

    private Instant renew(HoldRequest request, Duration expiry) {
        return database.only(RENEW, LockedHolds::expiresAt, expiry.toMillis(), request.orderId());
    }

    private static Instant expiresAt(ResultSet row) throws SQLException {
        return Database.instant(row, "expires_at");
    }

    @Transactional
    ReleaseResult release(UUID userId, UUID orderId, @Nullable Acting client) {
        if (lock.take(userId).isEmpty()) {
            return ReleaseResult.NOT_FOUND;
        }
        Hold hold = find(orderId).filter(found -> found.userId.equals(userId)).orElse(null);
        return hold == null ? ReleaseResult.NOT_FOUND : release(hold, client);
    }

    private ReleaseResult release(Hold hold, @Nullable Acting client) {
        return switch (hold.status()) {
            case CAPTURED -> ReleaseResult.ALREADY_CAPTURED;
            case RELEASED -> ReleaseResult.RELEASED;
            case UNKNOWN -> ReleaseResult.OF_NEWER_VERSION;
            case HELD, EXPIRED -> {
                database.update(MARK_RELEASED, hold.orderId);
                if (hold.status() == HoldStatus.HELD) {
                    database.update(FREE, hold.amount, hold.userId);
                }
                if (client != null) {
                    audit.done(client, releaseOf(hold.userId, hold.orderId).with("amount", hold.amount));
                }
                yield ReleaseResult.RELEASED;
            }
        };
    }

    /**
     * Lets nothing be captured for the order any more, unless it is captured already and was not given back. What expired is
     * released too, as a request to capture would take it anew; and where there is no hold, none can be taken from now on.
     *
     * @return never {@link ReleaseResult#NOT_FOUND}
     */
    @Transactional
    ReleaseResult cancel(UUID userId, UUID orderId, BigDecimal amount) {
        if (lock.take(userId).isEmpty()) {
            // Nobody can hold, and so capture, anything for an order of this user.
            return ReleaseResult.RELEASED;
        }
        Hold hold = find(orderId).orElse(null);
        if (hold == null) {
            database.update(INSERT_RELEASED, orderId, userId, amount, HoldTaker.ORDERS.name());
            return ReleaseResult.RELEASED;
        }
        if (!hold.userId.equals(userId)) {
            // A request of this user's order does not fit it, and captures nothing.
            return ReleaseResult.RELEASED;
        }
        return hold.status() == HoldStatus.CAPTURED && isGivenBack(orderId)
                ? ReleaseResult.RELEASED
                : release(hold, null);
    }

    private boolean isGivenBack(UUID orderId) {
        return database.first(Hold.GIVEN_BACK, row -> row.getObject(1), (Object) new UUID[] {orderId})
                .isPresent();
    }

    /** What the audit says of a release. */
    static Act releaseOf(UUID userId, UUID orderId) {
        return new Act("release", "order", orderId).with("user_id", userId);
    }

    private Optional<Hold> find(UUID orderId) {
        return database.first(FIND, Hold::read, orderId, orderId);
    }
}
