package dev.holdfast.payment.chain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.payment.OrderService;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a transfer's hash covers: SHA-256 of the account's hash before it and the lines of the row. The function {@code
 * transfer_hash} of the database has the same list; a field that is added is added to both, as a line that is not there where the
 * field is null.
 */
public final class TransferHash {
    private static final HexFormat HEX = HexFormat.of();
    /** Of the actor of all captures. */
    private static final String ORDER_SERVICE = digest(OrderService.NAME);

    private TransferHash() {}

    /**
     * The hash of a transfer.
     *
     * @param previous the account's hash before it; empty before the first
     * @param actorDigest stands for the actor where the name is erased
     */
    public static byte[] of(
            byte[] previous,
            UUID id,
            String kind,
            UUID debitAccount,
            UUID creditAccount,
            BigDecimal amount,
            @Nullable UUID orderId,
            @Nullable UUID refundId,
            long version,
            BigDecimal balanceAfter,
            Instant createdAt,
            @Nullable String actor,
            byte @Nullable [] actorDigest) {
        StringBuilder lines = new StringBuilder(320)
                .append(id)
                .append('\n')
                .append(kind)
                .append('\n')
                .append(debitAccount)
                .append('\n')
                .append(creditAccount)
                .append('\n')
                .append(plain(amount))
                .append('\n')
                .append(version)
                .append('\n')
                .append(plain(balanceAfter))
                .append('\n');
        appendSeconds(lines, createdAt);
        if (orderId != null) {
            lines.append("\norder ").append(orderId);
        }
        if (refundId != null) {
            lines.append("\nrefund ").append(refundId);
        }
        if (actorDigest != null) {
            lines.append("\nactor ").append(HEX.formatHex(actorDigest));
        } else if (actor != null) {
            lines.append("\nactor ").append(actor.equals(OrderService.NAME) ? ORDER_SERVICE : digest(actor));
        }
        MessageDigest sha256 = sha256();
        sha256.update(previous);
        return sha256.digest(lines.toString().getBytes(UTF_8));
    }

    private static String plain(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }

    /** Six decimals, as PostgreSQL writes {@code extract(epoch from …)}. */
    private static void appendSeconds(StringBuilder lines, Instant at) {
        String micros = Integer.toString(at.getNano() / 1_000);
        lines.append(at.getEpochSecond()).append('.');
        lines.repeat('0', 6 - micros.length()).append(micros);
    }

    private static String digest(String text) {
        return HEX.formatHex(sha256().digest(text.getBytes(UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }
}
