package dev.holdfast.rest;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Ends the connection of a request with a Transfer-Encoding, which {@link EarlyRefusals} refuses with {@code Connection:
 * close}: Vert.x would go on and act on the next request, of which RFC 9112, section 9.6, says that it must not.
 */
@ApplicationScoped
final class UnreadBodies {
    private static final DiscardInput DISCARD_INPUT = new DiscardInput();

    /** What Vert.x calls its own handler of a channel. */
    private static final String VERTX = "handler";

    private static final AttributeKey<Boolean> REFUSED = AttributeKey.valueOf("holdfast.refused");

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
        if (context.request().headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            connection.channel().attr(REFUSED).set(true);
            connection.channel().pipeline().addBefore(VERTX, null, DISCARD_INPUT);
            context.addEndHandler(ended -> connection.close());
        }
        context.next();
    }

    @Sharable
    private static final class DiscardInput extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
