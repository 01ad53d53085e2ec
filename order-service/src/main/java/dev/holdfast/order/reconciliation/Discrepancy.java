package dev.holdfast.order.reconciliation;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A contradiction between orders and payments that has lasted. */
@RegisterForReflection
@Schema(name = "Discrepancy")
record Discrepancy(
        Kind kind,

        @Schema(description = "Null where the kind is of an account") @Nullable
        UUID orderId,

        @Nullable UUID userId,

        @Schema(description = "What order-service has; null where the kind is of an account") @Nullable
        String ordersSay,

        @Schema(description = "What payment-service has") @Nullable
        String paymentsSay,

        Instant firstSeenAt,
        Instant lastSeenAt) {}
