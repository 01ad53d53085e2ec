package dev.holdfast.payment.verification;

import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A place where a chain or a seal does not fit. */
@Schema(name = "ChainFinding")
public record ChainFinding(
        FindingKind kind,

        @Schema(description = "00000000-0000-0000-0000-000000000000 of a seal")
        UUID userId,

        @Schema(description = "The transfer's number, 0 where it has none; of a seal its number")
        long version,

        String says) {
    /** The user of a finding that is about a seal. */
    static final UUID NO_USER = new UUID(0, 0);
}
