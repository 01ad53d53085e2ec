package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where payments says that the money of one order is. */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record OrderMoney(
        UUID orderId,
        @Nullable Hold hold,
        @Nullable Moved captured,
        @Nullable Moved refunded) {

    /** Whether some of what was captured was not given back. */
    public static boolean isKept(@Nullable Moved captured, @Nullable Moved refunded) {
        return captured != null && (refunded == null || refunded.amount().compareTo(captured.amount()) < 0);
    }

    /** @param overdue whether it is HELD though it should have been swept already */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Hold(UUID userId, BigDecimal amount, String status, Instant expiresAt, boolean overdue) {
        public static final String HELD = "HELD";
        public static final String CAPTURED = "CAPTURED";

        public boolean is(String wanted) {
            return status.equals(wanted);
        }
    }

    /**
     * All transfers of one kind.
     *
     * @param amount of all of them together
     * @param userId whose account the last one changed
     * @param at when the last one was made
     * @param ageMillis how long ago that was by payments' clock; null where payments is of an older version
     */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Moved(
            int count,
            BigDecimal amount,
            UUID userId,
            Instant at,
            @Nullable Long ageMillis) {}
}
