package dev.holdfast.payment.hold;

/** Who asked for a hold. Orders are paid only from what order-service reserved for them. */
public enum HoldTaker {
    /** order-service, by its own token. */
    ORDERS,
    /** A backend or an operator, through the public API. */
    CLIENT
}
