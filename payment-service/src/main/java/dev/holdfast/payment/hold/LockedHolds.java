package dev.holdfast.payment.hold;

import dev.holdfast.payment.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Settles holds under the account's row lock: first the lock, then, by a second statement, what is there. */
@ApplicationScoped
class LockedHolds {
    private static final String LOCK = "select balance - held from account where user_id = ? for no key update";
    private static final String FIND = "select " + Hold.COLUMNS + " from hold where order_id = ?";
    private static final String RESERVE = """
            update account set held = held + ?, updated_at = ? where user_id = ? and balance - held >= ?
            """;
    private static final String INSERT = """
            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
            values (?, ?, ?, 'HELD', ?, ?, ?)
            """;
    private static final String RENEW = """
            update hold set status = 'HELD', expires_at = ?, updated_at = ? where order_id = ? and status = 'EXPIRED'
            """;
    private static final String MARK_RELEASED =
            "update hold set status = 'RELEASED', updated_at = ? where order_id = ?";
    private static final String FREE = "update account set held = held - ?, updated_at = ? where user_id = ?";

    private final Database database;
    private final ExpiredHolds expiredHolds;
    private final Clock clock;

    LockedHolds(Database database, ExpiredHolds expiredHolds, Clock clock) {
        this.database = database;
        this.expiredHolds = expiredHolds;
        this.clock = clock;
    }

    @Transactional
    HoldResult take(UUID userId, UUID orderId, BigDecimal amount, Duration expiry) {
        if (!lock(userId)) {
            return new HoldResult.AccountNotFound();
        }
        // Read after the lock was waited for: what expired meanwhile has expired.
        Instant now = clock.instant();
        Hold existing = find(orderId).orElse(null);
        if (existing != null) {
            if (!existing.isFor(userId, amount)) {
                return new HoldResult.OtherHold();
            }
            if (existing.status() == HoldStatus.CAPTURED) {
                return new HoldResult.AlreadyCaptured();
            }
            if (existing.status() == HoldStatus.RELEASED) {
                return new HoldResult.AlreadyReleased();
            }
            if (existing.reservesAt(now)) {
                return new HoldResult.Held(existing.expiresAt());
            }
        }
        expiredHolds.free(userId, now);
        if (database.update(RESERVE, amount, now, userId, amount) == 0) {
            return new HoldResult.InsufficientFunds();
        }
        Instant expiresAt = now.plus(expiry);
        if (existing == null) {
            database.update(INSERT, orderId, userId, amount, expiresAt, now, now);
        } else {
            database.update(RENEW, expiresAt, now, orderId);
        }
        return new HoldResult.Held(expiresAt);
    }

    @Transactional
    ReleaseResult release(UUID userId, UUID orderId) {
        if (!lock(userId)) {
            return ReleaseResult.NOT_FOUND;
        }
        Hold hold = find(orderId).filter(found -> found.userId().equals(userId)).orElse(null);
        if (hold == null) {
            return ReleaseResult.NOT_FOUND;
        }
        Instant now = clock.instant();
        return switch (hold.status()) {
            case CAPTURED -> ReleaseResult.ALREADY_CAPTURED;
            case RELEASED -> ReleaseResult.RELEASED;
            case EXPIRED -> {
                database.update(MARK_RELEASED, now, orderId);
                yield ReleaseResult.RELEASED;
            }
            case HELD -> {
                database.update(MARK_RELEASED, now, orderId);
                database.update(FREE, hold.amount(), now, userId);
                yield ReleaseResult.RELEASED;
            }
        };
    }

    private boolean lock(UUID userId) {
        return database.first(LOCK, row -> row.getBigDecimal(1), userId).isPresent();
    }

    private Optional<Hold> find(UUID orderId) {
        return database.first(FIND, Hold::read, orderId);
    }
}
