package dev.holdfast.gateway.limit;

import org.jspecify.annotations.Nullable;

/** Whether a client may send this request now. */
public sealed interface Verdict {
    /** It may, and nothing is counted. */
    record Unlimited() implements Verdict {}

    /**
     * It may, and {@link #leave()} is to be called once when the request is over.
     *
     * @param quota null where its rate is not limited
     */
    record Admitted(Client client, @Nullable Quota quota) implements Verdict {
        public void leave() {
            client.leave();
        }
    }

    /**
     * It may not.
     *
     * @param quota of its rate, null where another limit refuses
     * @param retryAfterSeconds at least 1
     */
    record Refused(Limit limit, @Nullable Quota quota, long retryAfterSeconds) implements Verdict {}
}
