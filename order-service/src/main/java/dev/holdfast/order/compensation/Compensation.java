package dev.holdfast.order.compensation;

import java.util.UUID;

/** Money of an order that payments has to give back; due once per order and kind. */
public record Compensation(UUID orderId, Kind kind, UUID userId) {
    public enum Kind {
        /** The hold of a cancelled order. */
        RELEASE("RELEASED"),
        /** The charge of an order that was cancelled before it. */
        REFUND("REFUNDED");

        private final String doneEvent;

        Kind(String doneEvent) {
            this.doneEvent = doneEvent;
        }

        /** The type of the history row that says it is done. */
        String doneEvent() {
            return doneEvent;
        }
    }
}
