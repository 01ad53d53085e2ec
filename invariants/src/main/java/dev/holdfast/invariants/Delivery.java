package dev.holdfast.invariants;

/** The tables of event-delivery, which both databases have. */
final class Delivery {
    static final String UNSENT = "select event_id, type, attempts, last_error from outbox where sent_at is null";

    static final String COUNT_UNSENT = "select count(*) from outbox where sent_at is null";

    private Delivery() {}
}
