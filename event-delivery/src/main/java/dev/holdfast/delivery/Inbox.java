package dev.holdfast.delivery;

/** What a service has applied already, so that an event that comes twice has one effect. */
public final class Inbox {
    private Inbox() {}

    /**
     * A statement, or a part of one, that records events in the caller's transaction. Its rows are the ids of those that were
     * not there before: those to apply. An event that another transaction is recording is waited for: it is new only if that
     * one rolls back.
     *
     * <p>It is for a consumer to send together with the statement that locks what its events are about: one round trip.
     *
     * @param incoming a query of distinct {@code event_id}s
     */
    // Sorted, so that two replicas that were given the same events wait for each other instead of deadlocking.
    public static String firstSeenOf(String incoming) {
        return "insert into inbox (event_id) " + incoming
                + " order by event_id on conflict do nothing returning event_id";
    }
}
