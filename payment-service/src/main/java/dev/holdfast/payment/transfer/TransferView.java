package dev.holdfast.payment.transfer;

import java.math.BigDecimal;
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
                        "DEPOSIT and REFUND came in, CAPTURE and WITHDRAWAL went out; an ADJUSTMENT is a correction")
        TransferKind kind,

        @Schema(minimum = "0.01", examples = "42.50") BigDecimal amount,

        @Schema(description = "The order that was paid or refunded; null of all others") @Nullable
        UUID orderId,

        Instant createdAt) {
    TransferView(UUID id, String kind, BigDecimal amount, @Nullable UUID orderId, Instant createdAt) {
        this(id, TransferKind.of(kind), amount, orderId, createdAt);
    }
}
