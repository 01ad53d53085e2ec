package dev.holdfast.gateway.limit;

import io.github.bucket4j.ConsumptionProbe;
import java.util.concurrent.TimeUnit;

/**
 * What is left to a client, as the headers of draft-ietf-httpapi-ratelimit-headers say it (structured fields, RFC 9651).
 *
 * @param remaining requests that it may send now
 * @param resetSeconds until it may send all of them again, if it sends none meanwhile
 */
public record Quota(ClientPolicy policy, long remaining, long resetSeconds) {
    /** Both are lists: a request that is counted twice has a line of each. */
    public static final String POLICY_HEADER = "RateLimit-Policy";

    public static final String HEADER = "RateLimit";

    static Quota of(ClientPolicy policy, ConsumptionProbe probe) {
        return new Quota(policy, probe.getRemainingTokens(), seconds(probe.getNanosToWaitForReset()));
    }

    /** {@code "address";q=1000;w=10} */
    public String policyHeader() {
        return policy.header();
    }

    /** {@code "address";r=999;t=1} */
    public String header() {
        return '"' + policy.name() + "\";r=" + remaining + ";t=" + resetSeconds;
    }

    /** Rounded up, as a client that comes back earlier is refused again. */
    static long seconds(long nanos) {
        return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
    }
}
