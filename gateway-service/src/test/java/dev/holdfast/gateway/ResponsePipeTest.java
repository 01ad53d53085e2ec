package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponsePipeTest {
    private final Source source = new Source();
    private final Sink sink = new Sink();
    private final List<String> done = new ArrayList<>();

    @Test
    void passesABodyOfUnknownLengthOnAsItArrives() {
        start(-1);
        source.sends("a");
        source.sends("b");
        assertThat(sink.received).containsExactly("a", "b");
        source.ends();
        assertThat(sink.received).containsExactly("a", "b", "end");
        assertThat(done).hasSize(1);
    }

    @Test
    void writesTheLastPartOfAnAnnouncedLengthTogetherWithTheEnd() {
        start(3);
        source.sends("a");
        source.sends("bc");
        assertThat(sink.received).containsExactly("a");
        source.ends();
        assertThat(sink.received).containsExactly("a", "bc end");
    }

    @Test
    void endsAnAnswerWithoutABody() {
        start(0);
        source.ends();
        assertThat(sink.received).containsExactly("end");
        assertThat(done).hasSize(1);
    }

    @Test
    void isOverBeforeTheClientKnowsSo() {
        new ResponsePipe(source, sink, -1, () -> done.addAll(sink.received)).start();
        source.ends();
        assertThat(done).isEmpty();
        assertThat(sink.received).containsExactly("end");
    }

    @Test
    void readsNoFasterThanTheClientTakesIt() {
        start(-1);
        sink.full = true;
        source.sends("a");
        assertThat(source.paused).isTrue();
        sink.drains();
        assertThat(source.paused).isFalse();
        source.sends("b");
        assertThat(sink.received).containsExactly("a", "b");
        assertThat(source.paused).isFalse();
    }

    private void start(long length) {
        new ResponsePipe(source, sink, length, () -> done.add("done")).start();
    }

    private static final class Source implements ReadStream<Buffer> {
        private Handler<Buffer> handler;
        private Handler<Void> endHandler;
        private boolean paused;

        void sends(String chunk) {
            handler.handle(Buffer.buffer(chunk));
        }

        void ends() {
            endHandler.handle(null);
        }

        @Override
        public ReadStream<Buffer> exceptionHandler(Handler<Throwable> ignored) {
            return this;
        }

        @Override
        public ReadStream<Buffer> handler(Handler<Buffer> newHandler) {
            handler = newHandler;
            return this;
        }

        @Override
        public ReadStream<Buffer> endHandler(Handler<Void> newHandler) {
            endHandler = newHandler;
            return this;
        }

        @Override
        public ReadStream<Buffer> pause() {
            paused = true;
            return this;
        }

        @Override
        public ReadStream<Buffer> resume() {
            paused = false;
            return this;
        }

        @Override
        public ReadStream<Buffer> fetch(long amount) {
            return this;
        }
    }

    private static final class Sink implements WriteStream<Buffer> {
        private final List<String> received = new ArrayList<>();
        private Handler<Void> drainHandler;
        private boolean full;

        void drains() {
            full = false;
            drainHandler.handle(null);
        }

        @Override
        public Future<Void> write(Buffer data) {
            received.add(data.toString());
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> end() {
            received.add("end");
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> end(Buffer data) {
            received.add(data + " end");
            return Future.succeededFuture();
        }

        @Override
        public boolean writeQueueFull() {
            return full;
        }

        @Override
        public WriteStream<Buffer> drainHandler(Handler<Void> newHandler) {
            drainHandler = newHandler;
            return this;
        }

        @Override
        public WriteStream<Buffer> setWriteQueueMaxSize(int ignored) {
            return this;
        }

        @Override
        public WriteStream<Buffer> exceptionHandler(Handler<Throwable> ignored) {
            return this;
        }

        @Override
        public void write(Buffer data, Handler<AsyncResult<Void>> handler) {
            write(data).onComplete(handler);
        }

        @Override
        public void end(Handler<AsyncResult<Void>> handler) {
            end().onComplete(handler);
        }
    }
}
