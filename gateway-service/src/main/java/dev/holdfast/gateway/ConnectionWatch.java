package dev.holdfast.gateway;

import dev.holdfast.gateway.limit.ClientKey;
import dev.holdfast.gateway.limit.DrainRate;
import dev.holdfast.gateway.limit.Limit;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts what moves on one connection, as the first of its handlers. {@link Connections} asks every now and then whether that
 * is enough, so that no request costs a timer. All of it happens on the connection's event loop.
 */
final class ConnectionWatch extends ChannelDuplexHandler implements ConnectionGuard.Turns {
    /** Another each time that this class is loaded, as dev mode does: connections may still have the watch of the class before. */
    private static final AttributeKey<ConnectionWatch> KEY =
            AttributeKey.newInstance(ConnectionWatch.class.getName() + '@' + System.nanoTime());

    final Channel channel;
    final ClientKey.Address peer;
    /** Whether the peer is a proxy whose {@code X-Forwarded-For} is believed. */
    final boolean trustedProxy;

    private final Connections connections;
    private final InetAddress peerAddress;
    private final DrainRate drainRate;
    /** Of a connection that speaks HTTP/2; null else. */
    private final @Nullable Http2Streams streams;

    /** What is to be done once the request of a connection that speaks HTTP/1 is answered. */
    private final List<Runnable> whenAnswered = new ArrayList<>(2);

    private long received;
    private long sent;
    /** Those that were written and not sent yet, of one answer each; Netty does not count them among what is pending. */
    private final List<FileRegion> files = new ArrayList<>(1);

    private boolean busy;
    private boolean headBegun;
    /** When the present state began: idle, the head of a request, or a request without any movement. */
    private long sinceNanos;

    private long lastMoved;

    ConnectionWatch(Channel channel, InetAddress peerAddress, Connections connections) {
        this.channel = channel;
        this.peerAddress = peerAddress;
        this.connections = connections;
        this.drainRate = connections.newDrainRate();
        this.trustedProxy = connections.addresses().isTrustedProxy(peerAddress);
        this.peer = connections.addresses().key(peerAddress);
        this.sinceNanos = connections.nowNanos();
        this.streams = Http2Streams.of(channel, this, connections);
        channel.attr(KEY).set(this);
    }

    static ConnectionWatch of(HttpServerRequest request) {
        return Objects.requireNonNull(find(request));
    }

    /** Null only in dev mode, for the request whose coming made it load the classes anew. */
    static @Nullable ConnectionWatch find(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel().attr(KEY).get();
    }

    /** Whom the limits per address count this request for. */
    ClientKey.Address client(HttpServerRequest request) {
        return trustedProxy
                ? connections
                        .addresses()
                        .client(peerAddress, request.headers().getAll(ForwardedHeaders.X_FORWARDED_FOR))
                : peer;
    }

    boolean isSecure() {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    boolean speaksHttp2() {
        return streams != null;
    }

    /** To be told of each request before it is answered. */
    void receives(HttpServerRequest request) {
        if (streams != null) {
            streams.receives(request);
        }
    }

    /** Runs it once nothing is left of the request: its answer is taken, or will not be. At once where that is so already. */
    void whenOver(HttpServerRequest request, Runnable action) {
        if (streams != null) {
            streams.whenOver(request.response(), action);
        } else if (request.response().ended() || !channel.isOpen()) {
            action.run();
        } else {
            whenAnswered.add(action);
        }
    }

    Bodies bodies() {
        return connections.bodies();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            received += bytes.readableBytes();
        }
        // HTTP/2 sends more than requests, so that nobody knows what has begun.
        if (!busy && !headBegun && streams == null) {
            headBegun = true;
            sinceNanos = connections.nowNanos();
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            sent += bytes.readableBytes();
            context.write(message, promise);
        } else if (message instanceof FileRegion region) {
            files.add(region);
            context.write(message, promise.unvoid()).addListener(written -> {
                sent += region.count();
                files.remove(region);
            });
        } else {
            context.write(message, promise);
        }
    }

    @Override
    public void requestBegins() {
        busy = true;
        headBegun = false;
        connections.busy(this);
    }

    @Override
    public void requestIsAnswered() {
        whenAnswered.forEach(Runnable::run);
        whenAnswered.clear();
    }

    @Override
    public void requestEnds() {
        busy = false;
        sinceNanos = connections.nowNanos();
        connections.idle(this);
    }

    long sinceNanos() {
        return sinceNanos;
    }

    /** Whether there is something that the client could take. */
    boolean isDraining() {
        return !files.isEmpty() || pending() > 0;
    }

    private long pending() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    /** @return the limit that this connection does not keep, or null */
    @Nullable
    Limit check(long nowNanos, Connections.Times times) {
        long taken = sent - pending();
        for (FileRegion file : files) {
            taken += file.transferred();
        }
        if (drainRate.isTooSlow(nowNanos, taken, isDraining())) {
            return Limit.SLOW_READER;
        }
        if (streams != null) {
            streams.check(nowNanos);
        }
        if (busy) {
            return hasMoved(received + taken, nowNanos) || nowNanos - sinceNanos < times.silentNanos()
                    ? null
                    : Limit.SILENT_ANSWER;
        }
        if (isDraining()) {
            sinceNanos = nowNanos;
            return null;
        }
        if (headBegun) {
            return nowNanos - sinceNanos < times.headNanos() ? null : Limit.SLOW_HEADERS;
        }
        return nowNanos - sinceNanos < times.idleNanos() ? null : Limit.IDLE_CONNECTION;
    }

    private boolean hasMoved(long moved, long nowNanos) {
        if (moved == lastMoved) {
            return false;
        }
        lastMoved = moved;
        sinceNanos = nowNanos;
        return true;
    }
}
