package dev.holdfast.delivery;

/** What a service has applied already, so that an event that comes twice has one effect. */
public final class Inbox {
    /**
     * A statement that records the events of its parameter, a {@code uuid[]} of their ids, in the caller's transaction. Its rows
     * are the ids of those that were not there before, once each even where an event is given twice: those to apply. An event
     * that another transaction is recording is waited for: it is new only if that one rolls back.
     *
     * <p>It is for a consumer to send together with the statement that locks what its events are about: one round trip.
     */
    public static final String FIRST_SEEN =
            firstSeenOf("select distinct event_id from unnest(?::uuid[]) as incoming (event_id)") + ";";

    private Inbox() {}

    /**
     * The same as a part of a statement of the consumer's own, for those events that it can apply now.
     *
     * @param incoming a query of distinct {@code event_id}s
     */
    // Sorted, so that two replicas that were given the same events wait for each other instead of deadlocking.
    public static String firstSeenOf(String incoming) {
        return "insert into inbox (event_id) " + incoming
                + " order by event_id on conflict do nothing returning event_id";
    }
}
