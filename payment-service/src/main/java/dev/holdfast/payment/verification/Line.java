package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.chain.TransferHash;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A transfer as it stands in the database. */
final class Line {
    static final String COLUMNS =
            "id, kind, debit_account, credit_account, amount, order_id, refund_id, version, balance_after,"
                    + " created_at, actor, actor_digest, hash";

    final UUID id;
    final Instant createdAt;
    /** 0 where it has none. */
    final long version;

    final byte[] hash;
    private final String kind;
    private final UUID debitAccount;
    private final UUID creditAccount;
    private final BigDecimal amount;
    private final @Nullable UUID orderId;
    private final @Nullable UUID refundId;
    private final BigDecimal balanceAfter;
    private final @Nullable String actor;
    private final byte @Nullable [] actorDigest;

    /** Of a row with these columns. */
    Line(ResultSet row) throws SQLException {
        id = Database.uuid(row, "id");
        createdAt = Database.instant(row, "created_at");
        version = row.getLong("version");
        byte[] stored = row.getBytes("hash");
        hash = stored == null ? new byte[0] : stored;
        kind = row.getString("kind");
        debitAccount = Database.uuid(row, "debit_account");
        creditAccount = Database.uuid(row, "credit_account");
        amount = row.getBigDecimal("amount");
        orderId = Database.uuid(row, "order_id");
        refundId = Database.uuid(row, "refund_id");
        BigDecimal sum = row.getBigDecimal("balance_after");
        balanceAfter = sum == null ? BigDecimal.ZERO : sum;
        actor = row.getString("actor");
        actorDigest = row.getBytes("actor_digest");
    }

    BigDecimal balanceAfter() {
        return balanceAfter;
    }

    /** The hash that it must have behind one with that hash. */
    byte[] hashBehind(byte[] previous) {
        return TransferHash.of(
                previous,
                id,
                kind,
                debitAccount,
                creditAccount,
                amount,
                orderId,
                refundId,
                version,
                balanceAfter,
                createdAt,
                actor,
                actorDigest);
    }

    boolean isBehind(byte[] previous) {
        return Arrays.equals(hash, hashBehind(previous));
    }

    /** What the account's transfers sum up to with it, by its amount. */
    BigDecimal sumBehind(UUID userId, BigDecimal before) {
        return creditAccount.equals(userId) ? before.add(amount) : before.subtract(amount);
    }

    boolean addsUpTo(UUID userId, BigDecimal before) {
        return sumBehind(userId, before).compareTo(balanceAfter) == 0;
    }

    String describe() {
        return kind + " " + id + " of " + amount;
    }
}
