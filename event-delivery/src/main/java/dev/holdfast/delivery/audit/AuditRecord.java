package dev.holdfast.delivery.audit;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One act, as it was written down. */
@RegisterForReflection
@Schema(name = "AuditRecord")
public record AuditRecord(
        UUID id,
        Instant at,

        @Schema(description = "Who acted: the token's sub, or what the request claimed; null where it said nothing")
        @Nullable
        String subject,

        @Schema(description = "The application that the token was made for, null where the token does not say")
        @Nullable
        String client,

        @Schema(description = "The token's roles, with commas between; null without a token") @Nullable
        String role,

        @Schema(description = "Whether a token proved who it was; without authentication nothing does")
        boolean proven,

        @Schema(examples = "deposit") String action,

        @Schema(description = "What it was done to", examples = "account")
        String objectType,

        UUID objectId,

        @Schema(
                description =
                        "STARTED is followed by a record of the end, unless the service died or lost the answer of another:"
                                + " then it may have been done")
        Result result,

        @Schema(description = "Of a refusal, the code of the answer") @Nullable
        String code,

        @Schema(description = "The trace of the request, null where it had none") @Nullable
        String traceId,

        @Schema(description = "Amounts and other parties") Map<String, String> details) {

    /** What came of it. */
    @Schema(name = "AuditResult")
    public enum Result {
        /** Its end has a record of its own; without one the service died or lost an answer, and it may have been done. */
        STARTED,
        DONE,
        REFUSED,
        /** What a newer version wrote. */
        UNKNOWN;

        static Result read(String stored) {
            return switch (stored) {
                case "STARTED" -> STARTED;
                case "DONE" -> DONE;
                case "REFUSED" -> REFUSED;
                default -> UNKNOWN;
            };
        }
    }
}
