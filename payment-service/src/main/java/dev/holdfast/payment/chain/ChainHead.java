package dev.holdfast.payment.chain;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.transfer.TransferKind;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an account's transfers are numbered and chained, as read under the lock of its row: the number, time, sum and hash of the
 * newest one.
 */
public final class ChainHead {
    /** The columns of {@code account} that {@link #read} needs. */
    public static final String COLUMNS = "version, booked, booked_at, head";

    private final long version;
    private final Instant at;
    private final BigDecimal booked;
    private final byte[] hash;

    private ChainHead(long version, Instant at, BigDecimal booked, byte[] hash) {
        this.version = version;
        this.at = at;
        this.booked = booked;
        this.hash = hash;
    }

    /** Null where the account's transfers are not numbered yet: then the database decides about the next one. */
    public static @Nullable ChainHead read(ResultSet row) throws SQLException {
        long version = row.getLong("version");
        return row.wasNull() || version == 0
                ? null
                : new ChainHead(
                        version, Database.instant(row, "booked_at"), row.getBigDecimal("booked"), row.getBytes("head"));
    }

    /**
     * The head with one more transfer, which is a capture.
     *
     * @param id made by the database, under the lock
     * @param now the database's clock, under the lock; where it was set back, the transfer is dated right behind the one before
     */
    public ChainHead captured(UUID id, UUID userId, UUID orderId, BigDecimal amount, String actor, Instant now) {
        Instant next = at.plus(1, ChronoUnit.MICROS);
        Instant createdAt = now.isBefore(next) ? next : now;
        BigDecimal sum = booked.subtract(amount);
        byte[] hashed = TransferHash.of(
                hash,
                id,
                TransferKind.CAPTURE.name(),
                userId,
                OutsideAccounts.REVENUE,
                amount,
                orderId,
                null,
                version + 1,
                sum,
                createdAt,
                actor,
                null);
        return new ChainHead(version + 1, createdAt, sum, hashed);
    }

    public long version() {
        return version;
    }

    public Instant at() {
        return at;
    }

    public BigDecimal booked() {
        return booked;
    }

    public byte[] hash() {
        return hash.clone();
    }
}
