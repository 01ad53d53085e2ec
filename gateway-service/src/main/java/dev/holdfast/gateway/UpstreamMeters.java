package dev.holdfast.gateway;

import dev.holdfast.replica.Replicas;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What went to one upstream, by class of status: a handful of series, however many paths clients ask for. */
final class UpstreamMeters {
    /** In place of a status, where the client has gone before its answer. */
    static final int CLIENT_GONE = 0;

    private static final List<String> OUTCOMES = List.of("client_gone", "1xx", "2xx", "3xx", "4xx", "5xx");

    private final List<Timer> byOutcome = new ArrayList<>();
    private final Counter retries;
    private final Counter passedOver;

    UpstreamMeters(MeterRegistry registry, String upstream, AtomicInteger inFlight, Replicas replicas) {
        for (String outcome : OUTCOMES) {
            byOutcome.add(Timer.builder("gateway.requests")
                    .description("Requests that were routed to an upstream")
                    .tag("upstream", upstream)
                    .tag("outcome", outcome)
                    .serviceLevelObjectives(
                            Duration.ofMillis(5),
                            Duration.ofMillis(20),
                            Duration.ofMillis(100),
                            Duration.ofMillis(500),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(10))
                    .register(registry));
        }
        retries = Counter.builder("gateway.retries")
                .description("Safe requests that were sent again because their connection was lost")
                .tag("upstream", upstream)
                .register(registry);
        passedOver = Counter.builder("gateway.passed.over")
                .description("Connections that an address did not take, so that the request went to the next address")
                .tag("upstream", upstream)
                .register(registry);
        Gauge.builder("gateway.addresses.left.alone", replicas, Replicas::leftAlone)
                .description("Addresses of an upstream that failed or are stopping, and are passed over for now")
                .tag("upstream", upstream)
                .register(registry);
        Gauge.builder("gateway.in.flight", inFlight, AtomicInteger::get)
                .description("Requests at an upstream or waiting for a connection to it")
                .tag("upstream", upstream)
                .register(registry);
    }

    void finished(int status, long startNanos) {
        byOutcome
                .get(Math.min(status / 100, OUTCOMES.size() - 1))
                .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    void retried() {
        retries.increment();
    }

    void passedOver() {
        passedOver.increment();
    }
}
