package dev.holdfast.bench;

import org.HdrHistogram.Histogram;

/** A histogram in short, in milliseconds. */
record Quantiles(long count, double p50, double p90, double p99, double max) {
    static Quantiles of(Histogram micros) {
        return new Quantiles(
                micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(90) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
