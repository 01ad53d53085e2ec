package dev.holdfast.delivery.deadletter;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What an operator did with a dead letter; such rows are only ever added. */
@RegisterForReflection
@Schema(name = "DeadLetterAct")
public record DeadLetterAct(
        UUID id,
        Instant at,

        @Schema(description = "Who says to have done it, by the header X-Operator; null where that was not clean")
        @Nullable
        String operator,

        Kind act,
        UUID deadLetterId,
        String queue,
        @Nullable String messageId,
        @Nullable UUID eventId,
        @Nullable UUID orderId,

        @Schema(description = "Why it was a dead letter then")
        String reason,

        @Schema(description = "The operator's note, on a discard") @Nullable
        String note) {

    /** The acts. */
    @Schema(name = "DeadLetterActKind")
    public enum Kind {
        REPLAY,
        DISCARD,
        /** What a newer version did. */
        UNKNOWN;

        static Kind read(String stored) {
            return switch (stored) {
                case "REPLAY" -> REPLAY;
                case "DISCARD" -> DISCARD;
                default -> UNKNOWN;
            };
        }
    }
}
