package dev.holdfast.bench.load;

/** What a load can do with orders that it has placed. */
enum Act {
    /** {@code POST /orders/{order_id}/cancel} of the newest order, which may be charged already. */
    CANCEL,
    /** {@code POST /orders/{order_id}/refunds} of a small part of any order, which may not be charged yet. */
    REFUND
}
