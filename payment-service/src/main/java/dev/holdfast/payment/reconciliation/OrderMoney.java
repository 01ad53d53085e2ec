package dev.holdfast.payment.reconciliation;

import dev.holdfast.payment.hold.HoldStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Where the money of one order is, as of one moment. */
@Schema(name = "OrderMoney")
record OrderMoney(
        UUID orderId,
        @Nullable Reserved hold,
        @Nullable Moved captured,
        @Nullable Moved refunded) {

    /** The order's hold, in whatever state it is. */
    @Schema(name = "OrderMoneyHold")
    record Reserved(
            UUID userId,
            BigDecimal amount,

            @Schema(implementation = HoldStatus.class, description = "Or one that a newer version knows")
            String status,

            Instant expiresAt,

            @Schema(description = "Whether it is HELD though its time was over before the last sweeps")
            boolean overdue) {}

    /** All transfers of one kind. */
    @Schema(name = "OrderMoneyMoved")
    record Moved(
            @Schema(description = "How many transfers; more than one capture is an error")
            int count,

            @Schema(description = "Of all of them together") BigDecimal amount,

            @Schema(description = "Whose account the last one changed")
            UUID userId,

            @Schema(description = "When the last one was made")
            Instant at,

            @Schema(description = "How long ago that was, by the clock of this service's database")
            long ageMillis) {

        Moved and(Moved later) {
            return new Moved(count + later.count, amount.add(later.amount), later.userId, later.at, later.ageMillis);
        }
    }

    /** What two rows of one order tell together. */
    OrderMoney and(OrderMoney other) {
        return new OrderMoney(
                orderId,
                hold == null ? other.hold : hold,
                sum(captured, other.captured),
                sum(refunded, other.refunded));
    }

    /** An old capture may have lost its hold; the transfer says the same. */
    OrderMoney withHoldRemovedAfter(long retentionMillis) {
        if (hold != null || captured == null || captured.ageMillis() < retentionMillis) {
            return this;
        }
        Reserved removed =
                new Reserved(captured.userId(), captured.amount(), HoldStatus.CAPTURED.name(), captured.at(), false);
        return new OrderMoney(orderId, removed, captured, refunded);
    }

    private static @Nullable Moved sum(@Nullable Moved before, @Nullable Moved after) {
        if (before == null || after == null) {
            return before == null ? after : before;
        }
        return before.and(after);
    }
}
