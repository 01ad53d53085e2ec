package dev.holdfast.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The buckets of {@code http.server.requests}, the same in every service: percentiles are computed from them, over replicas too. */
@Singleton
final class RequestBuckets implements MeterFilter {
    private static final String REQUESTS = "http.server.requests";

    private static final double[] NANOS = DoubleStream.of(5, 10, 20, 50, 100, 250, 500, 1_000, 2_500, 10_000)
            .map(millis -> millis * Duration.ofMillis(1).toNanos())
            .toArray();

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return id.getName().equals(REQUESTS)
                ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(NANOS)
                        .build()
                        .merge(config)
                : config;
    }
}
