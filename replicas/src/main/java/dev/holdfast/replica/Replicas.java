package dev.holdfast.replica;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one service. Each request goes to the replica with the fewest requests at it, in turn where several
 * have as few; a replica that failed or is stopping is passed over while there is another.
 */
public final class Replicas {
    /** As many as the bit set of those that a request has tried can hold. */
    public static final int MAX = 32;

    private final Replica[] replicas;
    /** Finds out whether a replica is back, where no request has to. */
    private final @Nullable Consumer<Replica> probe;
    /** Not atomic: that two threads begin at the same replica now and then does no harm. */
    private int next;

    /**
     * @param addresses {@code http(s)://host:port}, 1 to {@value #MAX}, each once
     * @param coolDown how long a replica that failed is left alone
     * @param stopTime how long a replica that said it is stopping is left alone; must be longer than it goes on answering
     *     after it was told to stop
     * @throws IllegalArgumentException naming what is wrong with the addresses
     */
    public Replicas(List<URI> addresses, Duration coolDown, Duration stopTime) {
        this(addresses, coolDown, stopTime, null, System::nanoTime);
    }

    /**
     * @param probe sends a replica that was left alone a request which does nothing, and tells it how that went; returns at
     *     once. No request of anybody's is sent to it meanwhile, while there is another
     */
    public Replicas(List<URI> addresses, Duration coolDown, Duration stopTime, Consumer<Replica> probe) {
        this(addresses, coolDown, stopTime, probe, System::nanoTime);
    }

    Replicas(
            List<URI> addresses,
            Duration coolDown,
            Duration stopTime,
            @Nullable Consumer<Replica> probe,
            LongSupplier nanoClock) {
        if (addresses.isEmpty() || addresses.size() > MAX || new HashSet<>(addresses).size() != addresses.size()) {
            throw new IllegalArgumentException(
                    "A service has 1 to " + MAX + " addresses, each of them once, not " + addresses);
        }
        this.probe = probe;
        replicas = new Replica[addresses.size()];
        for (int i = 0; i < replicas.length; i++) {
            replicas[i] = new Replica(addresses.get(i), i, coolDown.toNanos(), stopTime.toNanos(), nanoClock);
        }
    }

    public int count() {
        return replicas.length;
    }

    /** How many are passed over at this moment. */
    public int leftAlone() {
        int count = 0;
        for (Replica replica : replicas) {
            count += replica.isLeftAlone() ? 1 : 0;
        }
        return count;
    }

    /**
     * The replica to ask; {@link Replica#leave()} must follow. Where all are left alone, the one whose time is up first:
     * better to try it than to refuse.
     *
     * @param tried the {@linkplain Replica#bit() bits} of those that this request has tried, 0 at first
     * @return null where all were tried
     */
    public @Nullable Replica choose(int tried) {
        int first = Math.floorMod(next++, replicas.length);
        Replica best = null;
        Replica due = null;
        Replica soonest = null;
        for (int i = 0; i < replicas.length; i++) {
            Replica replica = replicas[(first + i) % replicas.length];
            if ((tried & replica.bit()) != 0) {
                continue;
            }
            if (!replica.isLeftAlone()) {
                if (best == null || replica.inFlight() < best.inFlight()) {
                    best = replica;
                }
            } else if (due == null && replica.isDueForATry()) {
                due = replica;
            } else if (soonest == null || replica.leftAloneUntilNanos() - soonest.leftAloneUntilNanos() < 0) {
                soonest = replica;
            }
        }
        if (due != null && best != null && probe != null) {
            probe.accept(due);
            due = null;
        }
        Replica chosen = due != null ? due : best != null ? best : soonest;
        if (chosen != null) {
            chosen.enter();
        }
        return chosen;
    }
}
