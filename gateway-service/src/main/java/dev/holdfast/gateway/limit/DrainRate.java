package dev.holdfast.gateway.limit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Whether one client takes its answers fast enough. It has a credit of what the least rate gives in one window. While there
 * is something that it could take, the least rate is drawn from the credit and what it takes is added, up to the full
 * credit; once it has taken all there is, the credit is full again. So a client is too slow that takes nothing for a window,
 * or less than the least rate for longer, however long the answer is; a server that is slow costs it nothing.
 */
public final class DrainRate {
    private final long bytesPerSecond;
    private final long fullCredit;
    private double credit;
    private boolean draining;
    private long lastNanos;
    private long lastTaken;

    /** @param bytesPerSecond the least rate; 0 for none */
    public DrainRate(long bytesPerSecond, Duration window) {
        this.bytesPerSecond = bytesPerSecond;
        this.fullCredit = bytesPerSecond * window.toMillis() / 1_000;
    }

    /**
     * To be asked every now and then, much more often than once in a window.
     *
     * @param taken bytes that the client has taken ever
     * @param pending whether there are more that it could take
     */
    public boolean isTooSlow(long nowNanos, long taken, boolean pending) {
        boolean wasDraining = draining;
        draining = pending;
        if (!pending || !wasDraining) {
            credit = fullCredit;
        } else {
            double seconds = (double) (nowNanos - lastNanos) / TimeUnit.SECONDS.toNanos(1);
            credit = Math.min(fullCredit, credit - seconds * bytesPerSecond + (taken - lastTaken));
        }
        lastNanos = nowNanos;
        lastTaken = taken;
        return credit < 0;
    }
}
