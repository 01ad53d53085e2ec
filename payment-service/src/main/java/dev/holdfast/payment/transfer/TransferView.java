package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One line of an account's statement. */
@Schema(name = "Transfer")
public record TransferView(
        UUID id,

        @Schema(
                description =
                        "DEPOSIT and REFUND came in, CAPTURE and WITHDRAWAL went out; an ADJUSTMENT is a correction in either direction")
        TransferKind kind,

        @Schema(minimum = "0.01", examples = "42.50") BigDecimal amount,

        @Schema(description = "The order that was paid or refunded; null of all others") @Nullable
        UUID orderId,

        Instant createdAt,

        @Schema(
                description =
                        "1, 2, 3 … of the account's transfers; null for as long as those from before a version are being numbered",
                minimum = "1")
        @Nullable
        Long version,

        @Schema(description = "What it did to the account: greater than 0 came in, less went out", examples = "-42.50")
        BigDecimal change,

        @Schema(description = "What the account's transfers sum up to with it; null without a version") @Nullable
        BigDecimal balanceAfter) {

    /** The columns that {@link #read} needs, but for {@code change}. */
    static final String COLUMNS = "id, kind, amount, order_id, created_at, version, balance_after";

    static TransferView read(ResultSet row) throws SQLException {
        long version = row.getLong("version");
        return new TransferView(
                Database.uuid(row, "id"),
                TransferKind.of(row.getString("kind")),
                row.getBigDecimal("amount"),
                Database.uuid(row, "order_id"),
                Database.instant(row, "created_at"),
                version == 0 ? null : version,
                row.getBigDecimal("change"),
                row.getBigDecimal("balance_after"));
    }

    Cursor cursor() {
        return new Cursor(createdAt, id);
    }
}
