package dev.holdfast.order;

/** Where an order stands; {@link #FINISHED} and {@link #CANCELLED} are terminal. */
public enum OrderStatus {
    /** Placed on held money, which is being captured. */
    NEW,
    /** Paid. */
    FINISHED,
    /** Not paid; the order's reason says why. */
    CANCELLED
}
