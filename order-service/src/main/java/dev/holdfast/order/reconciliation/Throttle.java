package dev.holdfast.order.reconciliation;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Keeps one pass from getting in the customers' way: between its pages it rests, so that it works a fixed share of the
 * time whatever a page costs. Keeps the lease of the pass meanwhile.
 */
final class Throttle {
    /** The pass must not go on: the service stops, or another replica has taken over. */
    static final class StoppedException extends RuntimeException {
        private StoppedException(String message) {
            super(message);
        }
    }

    private static final Duration SLICE = Duration.ofMillis(50);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    private final int sharePercent;
    private final BooleanSupplier stopping;
    private final Supplier<Optional<Boolean>> renewal;
    private boolean hurried;
    private long renewedNanos;
    private long workingSinceNanos = System.nanoTime();

    /**
     * @param stopping whether the service ends
     * @param renewal renews the lease and tells whether somebody waits for a pass; nothing where the lease is lost
     */
    Throttle(int sharePercent, BooleanSupplier stopping, Supplier<Optional<Boolean>> renewal) {
        this.sharePercent = sharePercent;
        this.stopping = stopping;
        this.renewal = renewal;
        renew();
    }

    /** To be called before each page: rests for what the work since the last one costs. Not where somebody waits. */
    void page() {
        long worked = System.nanoTime() - workingSinceNanos;
        goOn();
        long until = System.nanoTime() + worked * (100 - sharePercent) / sharePercent;
        while (!hurried && until - System.nanoTime() > 0) {
            sleep(until - System.nanoTime());
        }
        workingSinceNanos = System.nanoTime();
    }

    /** Pauses for this long, even if somebody waits for the pass. */
    void rest(Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        while (until - System.nanoTime() > 0) {
            sleep(until - System.nanoTime());
        }
        workingSinceNanos = System.nanoTime();
    }

    private void sleep(long atMostNanos) {
        try {
            Thread.sleep(Duration.ofNanos(Math.min(atMostNanos, SLICE.toNanos())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException("interrupted");
        }
        goOn();
    }

    private void goOn() {
        if (stopping.getAsBoolean()) {
            throw new StoppedException("the service stops");
        }
        if (System.nanoTime() - renewedNanos > RENEWAL.toNanos()) {
            renew();
        }
    }

    private void renew() {
        hurried = renewal.get()
                .orElseThrow(() -> new StoppedException("the lease ended: another replica may have taken over"));
        renewedNanos = System.nanoTime();
    }
}
