package dev.holdfast.gateway;

import dev.holdfast.gateway.limit.ClientAddresses;
import dev.holdfast.gateway.limit.ClientKey;
import dev.holdfast.gateway.limit.ClientLimits;
import dev.holdfast.gateway.limit.Limit;
import dev.holdfast.gateway.limit.LimitMeters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections before TLS is agreed on, of which Vert.x tells nobody: on the channel that listens. */
@Sharable
final class Handshakes extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<Boolean> ADMITTED = AttributeKey.valueOf(Handshakes.class, "admitted");
    private static final AttributeKey<Runnable> UNDER_WAY = AttributeKey.valueOf(Handshakes.class, "underWay");

    private final int most;
    private final ClientAddresses addresses;
    private final ClientLimits clients;
    private final LimitMeters meters;
    private final AtomicInteger underWay = new AtomicInteger();

    Handshakes(int most, RequestLimits limits) {
        this.most = most;
        this.addresses = limits.addresses();
        this.clients = limits.clients();
        this.meters = limits.meters();
    }

    /** Returns once each connection to the port is counted. All event loops share the channel that listens there. */
    void watch(Vertx vertx, int port) {
        for (EventExecutor acceptor : ((VertxInternal) vertx).getAcceptorEventLoopGroup()) {
            SingleThreadEventLoop loop = (SingleThreadEventLoop) acceptor;
            loop.submit(() -> loop.registeredChannelsIterator().forEachRemaining(channel -> {
                        if (channel.localAddress() instanceof InetSocketAddress local && local.getPort() == port) {
                            channel.pipeline().addFirst(this);
                        }
                    }))
                    .syncUninterruptibly();
        }
    }

    /** Whether the limit of connections per address counts it here, from its first byte to its end. */
    static boolean hasAdmitted(Channel connection) {
        return connection.hasAttr(ADMITTED);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        if (accepted instanceof Channel connection && connection.remoteAddress() instanceof InetSocketAddress remote) {
            if (!admits(connection, remote.getAddress())) {
                connection.unsafe().closeForcibly();
                return;
            }
        }
        context.fireChannelRead(accepted);
    }

    private boolean admits(Channel connection, InetAddress peer) {
        if (underWay.incrementAndGet() > most) {
            underWay.decrementAndGet();
            meters.met(Limit.HANDSHAKES);
            return false;
        }
        ClientKey.Address client = addresses.key(peer);
        boolean limited = !addresses.isTrustedProxy(peer);
        if (limited && !clients.admitConnection(client)) {
            underWay.decrementAndGet();
            meters.met(Limit.CONNECTIONS_PER_ADDRESS);
            return false;
        }
        if (limited) {
            connection.attr(ADMITTED).set(true);
            connection.closeFuture().addListener(closed -> clients.closed(client));
        }
        connection.attr(UNDER_WAY).set(underWay::decrementAndGet);
        connection.closeFuture().addListener(closed -> ended(connection));
        return true;
    }

    /** To be told of each handshake that succeeded; those that fail end their connection. */
    static void ended(Channel connection) {
        Runnable leave = connection.attr(UNDER_WAY).getAndSet(null);
        if (leave != null) {
            leave.run();
        }
    }
}
