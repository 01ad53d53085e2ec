package dev.holdfast.delivery.deadletter;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What an operator did with a dead letter: the audit record of it, as it has been shown since before the audit. */
@RegisterForReflection
@Schema(name = "DeadLetterAct")
public record DeadLetterAct(
        UUID id,
        Instant at,

        @Schema(description = "The subject of the audit record; null where nobody said who it is") @Nullable
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

        /** Its name in the audit. */
        String action() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind read(String action) {
            return switch (action) {
                case "replay" -> REPLAY;
                case "discard" -> DISCARD;
                default -> UNKNOWN;
            };
        }
    }
}
