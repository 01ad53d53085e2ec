package dev.holdfast.replica;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One address of a service: how many requests are at it, and whether it is left alone for now. Safe for use by many
 * threads; what they tell at the same moment may overtake each other, which costs a request to the wrong replica at most.
 */
public final class Replica {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final URI address;
    private final boolean tls;
    private final int port;
    private final int bit;
    private final long coolDownNanos;
    private final long stopNanos;
    private final LongSupplier nanoClock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean leftAlone;
    private volatile long leftAloneSinceNanos;
    private final AtomicLong leftAloneUntilNanos = new AtomicLong();

    Replica(URI address, int index, long coolDownNanos, long stopNanos, LongSupplier nanoClock) {
        this.address = checked(address);
        this.tls = address.getScheme().equals("https");
        this.port = address.getPort() >= 0 ? address.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        this.bit = 1 << index;
        this.coolDownNanos = coolDownNanos;
        this.stopNanos = stopNanos;
        this.nanoClock = nanoClock;
    }

    /** {@code http(s)://host:port}, as configured. */
    public URI address() {
        return address;
    }

    public String host() {
        return address.getHost();
    }

    public int port() {
        return port;
    }

    public boolean tls() {
        return tls;
    }

    /** Its place in the set of those that a request has tried; see {@link Replicas#choose}. */
    public int bit() {
        return bit;
    }

    /** Whether others are asked before it. */
    public boolean isLeftAlone() {
        return leftAlone;
    }

    /** It could not be reached, or gave no answer: others are asked for the cool-down, then one request or a probe tries it. */
    public void failed() {
        leaveAloneFor(coolDownNanos);
    }

    /**
     * It answered. A service that was told to stop says with each answer that it closes the connection, and goes on
     * answering for a while ({@code SHUTDOWN_DELAY}): it is left alone from then until it must have stopped, so that no
     * request is under way when it closes its unused connections. Any other answer says that it works.
     *
     * @param sentNanos when the answered request was sent, by {@link System#nanoTime}: an answer to one sent before it
     *     failed says nothing about now
     * @param status of the answer; a refusal (4xx) may close its connection for a reason of its own
     * @param connection the answer's {@code Connection} header
     */
    public void answered(long sentNanos, int status, @Nullable String connection) {
        if (!"close".equalsIgnoreCase(connection)) {
            if (leftAlone && sentNanos - leftAloneSinceNanos > 0) {
                leftAlone = false;
            }
        } else if (status / 100 != 4) {
            leaveAloneFor(stopNanos);
        }
    }

    /** To be called once for each time that this was chosen, when the request is over. */
    public void leave() {
        inFlight.decrementAndGet();
    }

    void enter() {
        inFlight.incrementAndGet();
    }

    int inFlight() {
        return inFlight.get();
    }

    long leftAloneUntilNanos() {
        return leftAloneUntilNanos.get();
    }

    /** True for one caller after each cool-down, who is to find out whether it is back. */
    boolean isDueForATry() {
        long now = nanoClock.getAsLong();
        long until = leftAloneUntilNanos.get();
        return now - until >= 0 && leftAloneUntilNanos.compareAndSet(until, now + coolDownNanos);
    }

    private void leaveAloneFor(long nanos) {
        long now = nanoClock.getAsLong();
        leftAloneSinceNanos = now;
        leftAloneUntilNanos.set(now + nanos);
        leftAlone = true;
    }

    private static URI checked(URI address) {
        boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        boolean bare = address.getRawQuery() == null
                && address.getRawFragment() == null
                && address.getRawUserInfo() == null
                && (address.getPath() == null
                        || address.getPath().isEmpty()
                        || address.getPath().equals("/"));
        if (!http || address.getHost() == null || !bare) {
            throw new IllegalArgumentException("An address must look like http://host:port, not like " + address);
        }
        return address;
    }
}
