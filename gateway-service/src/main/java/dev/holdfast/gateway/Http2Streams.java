package dev.holdfast.gateway;

import dev.holdfast.gateway.limit.DrainRate;
import dev.holdfast.gateway.limit.Limit;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests under way on one connection that speaks HTTP/2. There a client decides for each answer how much of it it
 * takes, so each has to be taken fast enough by itself. All of it happens on the connection's event loop.
 */
final class Http2Streams extends Http2ConnectionAdapter {
    private final ConnectionGuard.Turns turns;
    private final Connections connections;
    private final Http2ConnectionHandler handler;
    private final Map<Integer, Answer> answers = new HashMap<>();
    private int active;

    private Http2Streams(ConnectionGuard.Turns turns, Connections connections, Http2ConnectionHandler handler) {
        this.turns = turns;
        this.connections = connections;
        this.handler = handler;
    }

    /**
     * @param turns is told when the connection has requests under way, and when it has none any more
     * @return null where the connection does not speak HTTP/2
     */
    static @Nullable Http2Streams of(Channel channel, ConnectionGuard.Turns turns, Connections connections) {
        Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
        if (handler == null) {
            return null;
        }
        Http2Streams streams = new Http2Streams(turns, connections, handler);
        handler.connection().addListener(streams);
        return streams;
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        active++;
        if (active == 1) {
            turns.requestBegins();
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Answer answer = answers.remove(stream.id());
        if (answer != null) {
            answer.whenOver.forEach(Runnable::run);
        }
        active--;
        if (active == 0) {
            turns.requestEnds();
        }
    }

    void receives(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        answers.put(response.streamId(), new Answer(response, connections.newDrainRate()));
    }

    /** Runs it at once where the stream is closed already. */
    void whenOver(HttpServerResponse response, Runnable action) {
        Answer answer = answers.get(response.streamId());
        if (answer == null) {
            action.run();
        } else {
            answer.whenOver.add(action);
        }
    }

    /** Gives up each answer that is not taken fast enough. To be called every now and then. */
    void check(long nowNanos) {
        Http2Connection connection = handler.connection();
        Http2RemoteFlowController flow = handler.encoder().flowController();
        List<Answer> slow = new ArrayList<>();
        answers.forEach((id, answer) -> {
            Http2Stream stream = connection.stream(id);
            if (stream != null && answer.isTooSlow(nowNanos, flow.hasFlowControlled(stream))) {
                slow.add(answer);
            }
        });
        for (Answer answer : slow) {
            connections.met(Limit.SLOW_READER);
            answer.response.reset(Http2Error.ENHANCE_YOUR_CALM.code());
        }
    }

    /** What is known is how much was given to the stream, and whether all of that was taken. */
    private final class Answer {
        private final HttpServerResponse response;
        private final DrainRate rate;
        private final List<Runnable> whenOver = new ArrayList<>();
        private long written;
        private long lastPart;
        private long lastPartNanos;

        Answer(HttpServerResponse response, DrainRate rate) {
            this.response = response;
            this.rate = rate;
        }

        /** Also what was written last must have had the time that the least rate gives it, as nobody knows what is left of it. */
        boolean isTooSlow(long nowNanos, boolean pending) {
            long total = response.bytesWritten();
            if (total > written) {
                lastPart = total - written;
                lastPartNanos = nowNanos;
                written = total;
            }
            return rate.isTooSlow(nowNanos, written, pending)
                    && nowNanos - lastPartNanos > connections.drainNanos(lastPart);
        }
    }
}
