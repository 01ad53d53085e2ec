package dev.holdfast.gateway.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** What one client may do. */
public final class ClientPolicy {
    private final String name;
    private final int requestsAtOnce;
    private final long requests;
    private final Duration window;
    private final String header;

    /**
     * @param name as the {@code RateLimit} headers call it
     * @param requestsAtOnce under way at the same time; 0 for no limit
     * @param requests in each window, evenly, and as many at once after a window of silence; 0 for no limit
     */
    public ClientPolicy(String name, int requestsAtOnce, long requests, Duration window) {
        this.name = name;
        this.requestsAtOnce = requestsAtOnce;
        this.requests = requests;
        this.window = window;
        this.header = '"' + name + "\";q=" + requests + ";w=" + Math.max(1, window.toSeconds());
    }

    String name() {
        return name;
    }

    int requestsAtOnce() {
        return requestsAtOnce;
    }

    boolean limitsRate() {
        return requests > 0;
    }

    boolean limitsNothing() {
        return requestsAtOnce <= 0 && !limitsRate();
    }

    /** As the header says it: {@code "address";q=1000;w=10}. */
    String header() {
        return header;
    }

    /** Only where the rate is limited. */
    Bucket bucket(TimeMeter clock) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(requests).refillGreedy(requests, window))
                .withCustomTimePrecision(clock)
                .build();
    }
}
