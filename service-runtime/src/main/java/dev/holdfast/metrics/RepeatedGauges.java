package dev.holdfast.metrics;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Leaves out the number of Netty's event loops, which Quarkus registers for each group of them under one name: only the
 * first would count, with a warning at each start.
 */
@ApplicationScoped
final class RepeatedGauges {
    private static final String EVENT_LOOPS = "netty.eventexecutor.workers";

    @Produces
    @Singleton
    static MeterFilter withoutEventLoops() {
        return MeterFilter.deny(id -> id.getName().equals(EVENT_LOOPS));
    }
}
