package dev.holdfast.order.compensation;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Money of an order that payments has to give back; due once per order id and kind. */
public record Compensation(UUID orderId, Kind kind, UUID userId) {
    public enum Kind {
        /** The hold of a cancelled order. */
        RELEASE("RELEASED"),
        /** The charge of an order that was cancelled before it. */
        REFUND("REFUNDED"),
        /** A hold that may have been taken, or still be on its way, for an order that was not stored. */
        ABANDON(null);

        private final @Nullable String doneEvent;

        Kind(@Nullable String doneEvent) {
            this.doneEvent = doneEvent;
        }

        /** The type of the history row that says it is done; null where there is no order to have a history. */
        @Nullable
        String doneEvent() {
            return doneEvent;
        }
    }
}
