package dev.holdfast.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the HTTP decoder and Vert.x on each connection, and keeps what RFC 9112 says of connections. A request is
 * passed on once the one before it is answered. A request that could be framed in two ways is passed on as an invalid one,
 * which {@link GatewayServer} answers. After an invalid request, and after any answer with {@code Connection: close},
 * nothing more is read as a request (section 9.6). All of it happens on the connection's event loop.
 */
final class ConnectionGuard extends ChannelDuplexHandler {
    /** Is told of each request that is passed on; it is over when it is both read and answered. */
    interface Turns {
        void requestBegins();

        void requestIsAnswered();

        void requestEnds();
    }

    /**
     * How long a connection with unread input stays half open: otherwise it would be reset, and the client would
     * lose the answer.
     */
    private static final long LINGER_MILLIS = 1_000;

    private final Turns turns;

    /** Messages of requests whose turn has not come. Reading stops meanwhile, so they are no more than one read brings. */
    private final Deque<Object> waiting = new ArrayDeque<>();

    /** The request that is being read or answered. */
    private @Nullable HttpRequest current;

    private boolean reading;
    private boolean answering;
    private boolean nothingMore;
    private boolean discarded;
    private boolean closing;
    private @Nullable ChannelHandlerContext connection;

    ConnectionGuard(Turns turns) {
        this.turns = turns;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection = context;
    }

    /** Whether nothing more is read as a request. */
    boolean isOver() {
        return nothingMore;
    }

    /** Answers a request whose head has not arrived, and may never do so. Only between two requests. */
    void refuseUnread(Problem problem, String detail) {
        ChannelHandlerContext context = Objects.requireNonNull(connection, "Not on a connection");
        HttpRequest unread = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "");
        refuse(unread, problem, detail);
        channelRead(context, unread);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (nothingMore) {
            discarded = true;
            ReferenceCountUtil.release(message);
        } else if (waiting.isEmpty() && (!(message instanceof HttpRequest) || mayBegin(context))) {
            pass(context, message);
        } else {
            waiting.add(message);
            context.channel().config().setAutoRead(false);
        }
    }

    /** A client that does not read its answers gets no further ones. */
    private boolean mayBegin(ChannelHandlerContext context) {
        return current == null && context.channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !waiting.isEmpty()) {
            context.executor().execute(() -> passWaiting(context));
        }
        context.fireChannelWritabilityChanged();
    }

    private void pass(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            begin(request);
        } else if (message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            breakOff(context, content);
            return;
        } else if (message instanceof LastHttpContent && current != null) {
            reading = false;
            nothingMore |= !isKeptAlive(current);
            finish(context);
        }
        context.fireChannelRead(message);
    }

    private void begin(HttpRequest request) {
        turns.requestBegins();
        current = request;
        reading = true;
        answering = true;
        boolean known = isKnown(request.protocolVersion());
        if (!known) {
            // The answer is sent in this version.
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        if (request.decoderResult().isSuccess()) {
            if (!known) {
                refuse(request, Problem.VERSION_NOT_SUPPORTED, "HTTP/1.1 and HTTP/1.0 are spoken here");
            } else if (!isPlainlyFramed(request)) {
                refuse(request, Problem.MALFORMED_REQUEST, "The only transfer coding understood here is chunked");
            }
        }
        nothingMore = request.decoderResult().isFailure();
    }

    private static void refuse(HttpRequest request, Problem problem, String detail) {
        request.setDecoderResult(DecoderResult.failure(new RefusedException(problem, detail)));
    }

    /** As Vert.x, which compares the whole header of an HTTP/1.0 request. */
    private static boolean isKeptAlive(HttpRequest request) {
        return HttpUtil.isKeepAlive(request)
                && (request.protocolVersion() != HttpVersion.HTTP_1_0
                        || request.headers().contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true));
    }

    private static boolean isKnown(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }

    /** Whatever else a Transfer-Encoding says is where two servers might see the end of a body in different places. */
    private static boolean isPlainlyFramed(HttpRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty()
                || codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst());
    }

    /** The body ends here for Vert.x; whoever waits for it sees by the request's decoder result that it is broken. */
    private void breakOff(ChannelHandlerContext context, HttpContent broken) {
        if (current != null) {
            current.setDecoderResult(broken.decoderResult());
        }
        broken.release();
        nothingMore = true;
        boolean answered = !answering;
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        if (answered) {
            // The answer may be written and not yet sent.
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> close(context, context.newPromise()));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse head) {
            if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                context.write(message, promise);
                return;
            }
            nothingMore |= head.headers().contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
            if (nothingMore) {
                head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        if (!(message instanceof LastHttpContent)) {
            context.write(message, promise);
            return;
        }
        answering = false;
        turns.requestIsAnswered();
        if (nothingMore) {
            context.write(message, promise.unvoid()).addListener(sent -> close(context, context.newPromise()));
        } else {
            context.write(message, promise);
        }
        finish(context);
    }

    private void finish(ChannelHandlerContext context) {
        if (!reading && !answering && current != null) {
            current = null;
            turns.requestEnds();
            if (!waiting.isEmpty()) {
                // Not at once, as Vert.x is still in the midst of the answer.
                context.executor().execute(() -> passWaiting(context));
            }
        }
    }

    private void passWaiting(ChannelHandlerContext context) {
        while (!nothingMore && !waiting.isEmpty() && (!(waiting.peek() instanceof HttpRequest) || mayBegin(context))) {
            pass(context, waiting.remove());
        }
        if (nothingMore) {
            discardWaiting();
        }
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
        context.fireChannelReadComplete();
    }

    private void discardWaiting() {
        discarded |= !waiting.isEmpty();
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    /** RFC 9112, section 9.6: the sending side first, and the rest when the client has had the time to read. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        nothingMore = true;
        discardWaiting();
        if (closing) {
            context.channel().closeFuture().addListener(closed -> promise.trySuccess());
        } else if ((reading || discarded) && context.channel() instanceof DuplexChannel channel && channel.isActive()) {
            closing = true;
            shutdownOutput(context, channel);
            channel.config().setAutoRead(true);
            ScheduledFuture<?> end =
                    context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(closed -> {
                end.cancel(false);
                promise.trySuccess();
            });
        } else {
            context.close(promise);
        }
    }

    /** With TLS the client is told in its words first, or it would take the answer for a part of one. */
    private static void shutdownOutput(ChannelHandlerContext context, DuplexChannel channel) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(told -> channel.shutdownOutput());
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        discardWaiting();
    }
}
