package dev.holdfast.gateway.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.List;

/** How often each limit was met. */
public final class LimitMeters {
    /** In the order of the limits. */
    private final List<Counter> counters;

    public LimitMeters(MeterRegistry registry) {
        counters = Arrays.stream(Limit.values())
                .map(limit -> Counter.builder("gateway.limited")
                        .description("Requests and connections that were refused or ended by a limit")
                        .tag("limit", limit.tag())
                        .register(registry))
                .toList();
    }

    public void met(Limit limit) {
        counters.get(limit.ordinal()).increment();
    }
}
