package dev.holdfast.payment.account;

import dev.holdfast.payment.AccountStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An account as its owner sees it.
 *
 * @param held what holds reserve now; one that has expired counts no more, swept or not
 */
@Schema(name = "Account")
public record AccountView(
        UUID userId,

        @Schema(description = "The money owned", minimum = "0", examples = "100.00")
        BigDecimal balance,

        @Schema(description = "The part of it that is reserved for orders", minimum = "0", examples = "20.00")
        BigDecimal held,

        @Schema(description = "The part of it that is free: balance - held", minimum = "0", examples = "80.00")
        BigDecimal available,

        Instant createdAt,
        Instant updatedAt,

        @Schema(description = "FROZEN: nothing can be ordered or withdrawn; CLOSED: nor deposited")
        AccountStatus status) {
    AccountView(UUID userId, BigDecimal balance, BigDecimal held, Instant createdAt, Instant updatedAt, String status) {
        this(userId, balance, held, balance.subtract(held), createdAt, updatedAt, AccountStatus.of(status));
    }
}
