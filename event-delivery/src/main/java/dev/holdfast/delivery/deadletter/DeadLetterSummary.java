package dev.holdfast.delivery.deadletter;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A dead letter without its contents, as lists show it. */
@RegisterForReflection
@Schema(name = "DeadLetterSummary")
public record DeadLetterSummary(
        UUID id,

        @Schema(description = "The queue that it came from and is replayed to", examples = "payment_requests")
        String queue,

        @Schema(description = "Of the event; its order's id where it has none, null where it cannot be read") @Nullable
        UUID eventId,

        @Nullable UUID orderId,

        @Schema(examples = "payment_requested") @Nullable String type,

        @Schema(description = "Why it could not be applied, the last time", examples = "missing field 'user_id'")
        String reason,

        DeadLetterStatus status,

        @Schema(description = "How often it has become a dead letter", minimum = "1")
        int timesDeadLettered,

        Instant firstDeadLetteredAt,
        Instant lastDeadLetteredAt,

        @Schema(description = "When it was replayed or discarded; null while it waits") @Nullable
        Instant handledAt) {}
