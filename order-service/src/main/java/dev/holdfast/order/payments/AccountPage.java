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
 * @param tampered where a chain of transfers or a seal does not fit: of these accounts, and of a page also of those that are not there
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record AccountPage(
        int checked, @Nullable UUID last, List<Differing> differing, List<UUID> unverified, List<Tampered> tampered) {
    /** Payments of an older version has no such lists. */
    public AccountPage {
        unverified = Objects.requireNonNullElse(unverified, List.of());
        tampered = Objects.requireNonNullElse(tampered, List.of());
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

    /**
     * Somebody has changed transfers beside payments.
     *
     * @param kind TRANSFER_EDITED and the like, or what only a newer version of payments knows
     * @param userId 00000000-0000-0000-0000-000000000000 of a seal
     * @param version the transfer's number, 0 where it has none; of a seal its number
     */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Tampered(String kind, UUID userId, long version, String says) {}
}
