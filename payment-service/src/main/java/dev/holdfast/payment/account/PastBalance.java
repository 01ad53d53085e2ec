package dev.holdfast.payment.account;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an account had; the same for ever. */
@Schema(name = "PastBalance")
public record PastBalance(
        UUID userId,

        @Schema(
                description = "The money owned then: what the account's transfers up to then sum up to",
                examples = "100.00")
        BigDecimal balance,

        @Schema(description = "The number of the newest transfer then; 0 before the first", minimum = "0")
        long version,

        @Schema(description = "The moment that was asked about; of a version, when it came about")
        Instant at) {}
