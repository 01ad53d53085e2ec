package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Accounts that payments held against their own transfers and holds.
 *
 * @param checked how many were looked at
 * @param last the last of them, null where there was none
 * @param unverified those with so many rows that payments cannot tell yet
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record AccountPage(int checked, @Nullable UUID last, List<Differing> differing, List<UUID> unverified) {
    /** Payments of an older version looks at all of each account, and has no list of the others. */
    public AccountPage {
        unverified = Objects.requireNonNullElse(unverified, List.of());
    }

    /**
     * An account that says something else than its rows.
     *
     * @param booked the balance by its transfers
     * @param reserved the held money by its open holds
     */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Differing(UUID userId, BigDecimal balance, BigDecimal booked, BigDecimal held, BigDecimal reserved) {}
}
