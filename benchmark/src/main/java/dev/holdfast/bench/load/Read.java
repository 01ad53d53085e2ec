package dev.holdfast.bench.load;

/** The reads that a load can hold. */
public enum Read {
    /** {@code GET /orders/{order_id}} */
    ORDER,
    /** {@code GET /orders}: the first page of a user's orders */
    ORDERS,
    /** {@code GET /accounts/{user_id}} */
    ACCOUNT
}
