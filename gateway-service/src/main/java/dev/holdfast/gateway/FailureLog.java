package dev.holdfast.gateway;

import org.jboss.logging.Logger;

/** One line a second at most: a service that is down fails every request, and thousands of equal lines help nobody. */
final class FailureLog {
    private static final Logger LOG = Logger.getLogger(FailureLog.class);
    private static final long QUIET_NANOS = 1_000_000_000L;

    private long quietUntilNanos = System.nanoTime();
    private long suppressed;

    synchronized void warn(String request, String what, Throwable cause) {
        long now = System.nanoTime();
        if (now - quietUntilNanos < 0) {
            suppressed++;
            return;
        }
        LOG.warnf("%s: %s (%s; %d more since the last such line)", request, what, cause, suppressed);
        quietUntilNanos = now + QUIET_NANOS;
        suppressed = 0;
    }
}
