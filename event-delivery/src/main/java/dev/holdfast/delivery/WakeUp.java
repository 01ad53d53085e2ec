package dev.holdfast.delivery;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets one thread sleep until there may be work. Calls that come while it works are remembered as one. */
public final class WakeUp {
    private final Semaphore calls = new Semaphore(0);

    public void call() {
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    /**
     * Returns at the next call, or after the time given; a call since the last return counts.
     *
     * @return whether there was a call
     */
    public boolean await(Duration atMost) throws InterruptedException {
        boolean called = calls.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
        if (called) {
            calls.drainPermits();
        }
        return called;
    }
}
