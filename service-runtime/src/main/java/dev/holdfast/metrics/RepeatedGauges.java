package dev.holdfast.metrics;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Leaves out gauges that Quarkus registers more than once under one name: the number of Netty's event loops for each group of
 * them, the connections of an HTTP client for each address. Only the first would count, with a warning.
 */
@ApplicationScoped
final class RepeatedGauges {
    private static final Set<String> REPEATED = Set.of("netty.eventexecutor.workers", "http.client.active.connections");

    @Produces
    @Singleton
    static MeterFilter withoutThem() {
        return MeterFilter.deny(id -> REPEATED.contains(id.getName()));
    }
}
