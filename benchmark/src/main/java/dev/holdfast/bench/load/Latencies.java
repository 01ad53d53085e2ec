package dev.holdfast.bench.load;

import org.HdrHistogram.Histogram;

/** Histograms of microseconds, up to five minutes at three digits. */
public final class Latencies {
    private static final long HIGHEST_MICROS = 300_000_000;
    private static final int DIGITS = 3;

    private Latencies() {}

    public static Histogram histogram() {
        return new Histogram(HIGHEST_MICROS, DIGITS);
    }

    /** Microseconds since then, at least 0 and at most what the histogram takes. */
    static long microsSince(long nanoTime) {
        return bounded((System.nanoTime() - nanoTime) / 1_000);
    }

    /** That many microseconds, at least 0 and at most what the histogram takes. */
    public static long bounded(long micros) {
        return Math.clamp(micros, 0, HIGHEST_MICROS);
    }
}
