package dev.holdfast.rest;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;

/**
 * Ends the connection of a request that {@link EarlyRefusals} refuses with {@code Connection: close}: Vert.x would go on and
 * act on the next request, of which RFC 9112, section 9.6, says that it must not.
 */
@ApplicationScoped
final class UnreadBodies {
    private static final DiscardInput DISCARD_INPUT = new DiscardInput();

    /** What Vert.x calls its own handler of a channel. */
    private static final String VERTX = "handler";

    private static final AttributeKey<Boolean> REFUSED = AttributeKey.valueOf("holdfast.refused");

    private static final long LINGER_MILLIS = 1_000;

    /** Before {@link EarlyRefusals}. */
    private static final int PRIORITY = 1001;

    void register(@Observes Filters filters) {
        filters.register(UnreadBodies::handle, PRIORITY);
    }

    private static void handle(RoutingContext context) {
        ConnectionBase connection = (ConnectionBase) context.request().connection();
        if (connection.channel().hasAttr(REFUSED)) {
            // Vert.x had read it before the one in front of it was refused.
            return;
        }
        context.next();
    }

    /** Reads nothing more, and closes the connection once the answer is sent and the client has had the time to read it. */
    static void discard(RoutingContext context) {
        Channel channel = ((ConnectionBase) context.request().connection()).channel();
        channel.attr(REFUSED).set(true);
        channel.pipeline().addBefore(VERTX, null, DISCARD_INPUT);
        context.addEndHandler(
                ended -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> linger(channel)));
    }

    private static void linger(Channel channel) {
        // Closed at once, a connection with unread input would be reset, and the client lose the answer.
        ((DuplexChannel) channel).shutdownOutput();
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Sharable
    private static final class DiscardInput extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
