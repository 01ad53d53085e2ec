package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.LimitsConfig;
import dev.holdfast.gateway.limit.ClientAddresses;
import dev.holdfast.gateway.limit.ClientLimits;
import dev.holdfast.gateway.limit.DrainRate;
import dev.holdfast.gateway.limit.Limit;
import dev.holdfast.gateway.limit.LimitMeters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The clients' connections of one event loop, and what becomes of those that take a place without using it. */
final class Connections {
    /** How often all connections are looked at: times are kept this exactly. */
    static final long CHECK_MILLIS = 250;

    /** A connection that was used a moment ago is about to be used again, and is not closed for the sake of a new one. */
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long CHECK_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * CHECK_MILLIS);

    /** How long a connection may be in each state. */
    record Times(long idleNanos, long headNanos, long silentNanos) {}

    private final LimitsConfig config;
    private final ClientAddresses addresses;
    private final ClientLimits clients;
    private final LimitMeters meters;
    private final AtomicInteger total;
    private final Bodies bodies;
    private final Times times;
    private final Set<ConnectionWatch> open = new HashSet<>();
    /** Those without a request, the one that has been so for the longest time first. */
    private final Set<ConnectionWatch> idle = new LinkedHashSet<>();

    private long checkedNanos = System.nanoTime();
    private long nowNanos;

    /** @param total the connections of all event loops */
    Connections(LimitsConfig config, RequestLimits limits, AtomicInteger total) {
        this.config = config;
        this.addresses = limits.addresses();
        this.clients = limits.clients();
        this.meters = limits.meters();
        this.total = total;
        this.bodies = new Bodies(limits.bodies(), limits.meters(), config.bodyTimeout());
        this.times = new Times(
                config.keepAlive().toNanos(),
                config.headersTimeout().toNanos(),
                config.idleTimeout().toNanos());
    }

    ClientAddresses addresses() {
        return addresses;
    }

    Bodies bodies() {
        return bodies;
    }

    /** By this event loop's own clock, which stands still while the loop does: no client pays for that. */
    long nowNanos() {
        return nowNanos;
    }

    DrainRate newDrainRate() {
        return new DrainRate(config.drainPerSecond().asLongValue(), config.drainWindow());
    }

    /** How long a client may take for so many bytes at the least rate; not at all where there is none. */
    long drainNanos(long bytes) {
        long perSecond = config.drainPerSecond().asLongValue();
        return perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(bytes) / perSecond;
    }

    /** Counts an answer that was given up. */
    void met(Limit limit) {
        meters.met(limit);
    }

    void busy(ConnectionWatch connection) {
        idle.remove(connection);
    }

    void idle(ConnectionWatch connection) {
        if (open.contains(connection)) {
            idle.add(connection);
        }
    }

    /** @param vertxHandler the name of the handler that makes requests of what the decoder reads */
    void accept(Channel channel, String vertxHandler) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.close();
            return;
        }
        ConnectionWatch watch = new ConnectionWatch(channel, remote.getAddress(), this);
        if (watch.isSecure()) {
            Handshakes.ended(channel);
        }
        Limit refused = enter(watch);
        if (refused != null) {
            meters.met(refused);
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> leave(watch));
        open.add(watch);
        idle.add(watch);
        channel.pipeline().addFirst("watch", watch);
        if (!watch.speaksHttp2()) {
            channel.pipeline().addBefore(vertxHandler, "guard", new ConnectionGuard(watch));
        }
    }

    private @Nullable Limit enter(ConnectionWatch watch) {
        if (!watch.trustedProxy && !Handshakes.hasAdmitted(watch.channel) && !clients.admitConnection(watch.peer)) {
            return Limit.CONNECTIONS_PER_ADDRESS;
        }
        if (total.incrementAndGet() > config.connections() && !closeLongestIdle()) {
            total.decrementAndGet();
            leaveClient(watch);
            return Limit.CONNECTIONS;
        }
        return null;
    }

    private void leave(ConnectionWatch watch) {
        open.remove(watch);
        idle.remove(watch);
        // Or will not be.
        watch.requestIsAnswered();
        total.decrementAndGet();
        leaveClient(watch);
    }

    private void leaveClient(ConnectionWatch watch) {
        if (!watch.trustedProxy && !Handshakes.hasAdmitted(watch.channel)) {
            clients.closed(watch.peer);
        }
    }

    private boolean closeLongestIdle() {
        for (ConnectionWatch oldest : idle) {
            if (nowNanos - oldest.sinceNanos() >= UNUSED_NANOS && !oldest.isDraining()) {
                meters.met(Limit.CONNECTIONS);
                idle.remove(oldest);
                oldest.channel.close();
                return true;
            }
        }
        return false;
    }

    /** To be called every {@link #CHECK_MILLIS}. */
    void check() {
        long checked = System.nanoTime();
        nowNanos += Math.min(checked - checkedNanos, CHECK_MAX_NANOS);
        checkedNanos = checked;
        bodies.check(nowNanos);
        List<Runnable> ends = new ArrayList<>();
        for (ConnectionWatch connection : open) {
            Limit limit = connection.check(nowNanos, times);
            if (limit != null) {
                ends.add(() -> end(connection, limit));
            }
        }
        ends.forEach(Runnable::run);
    }

    private void end(ConnectionWatch connection, Limit limit) {
        Channel channel = connection.channel;
        switch (limit) {
            case SLOW_HEADERS -> {
                ConnectionGuard guard = channel.pipeline().get(ConnectionGuard.class);
                if (guard.isOver()) {
                    return;
                }
                guard.refuseUnread(
                        Problem.REQUEST_TIMEOUT,
                        "The headers did not arrive within "
                                + config.headersTimeout().toSeconds() + " s");
            }
            case IDLE_CONNECTION -> channel.close();
            default -> {
                // Without this the kernel would go on for minutes to offer what it holds to a client that does not take
                // it.
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.unsafe().close(channel.voidPromise());
            }
        }
        meters.met(limit);
    }
}
