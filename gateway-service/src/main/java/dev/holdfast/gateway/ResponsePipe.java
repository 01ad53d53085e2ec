package dev.holdfast.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** Passes a response's body on as it arrives, no faster than the client takes it. */
final class ResponsePipe {
    private final ReadStream<Buffer> from;
    private final WriteStream<Buffer> to;
    private final long length;
    private final Runnable done;
    private long received;
    private @Nullable Buffer last;

    /** @param length the announced length of the body in bytes, or -1 */
    ResponsePipe(ReadStream<Buffer> from, WriteStream<Buffer> to, long length, Runnable done) {
        this.from = from;
        this.to = to;
        this.length = length;
        this.done = done;
    }

    void start() {
        from.handler(this::pass);
        from.endHandler(end -> finish());
    }

    private void pass(Buffer chunk) {
        received += chunk.length();
        if (received == length) {
            // The end follows at once: head, body and end then leave in one write.
            last = chunk;
            return;
        }
        to.write(chunk);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> from.resume());
        }
    }

    private void finish() {
        done.run();
        if (last == null) {
            to.end();
        } else {
            to.end(last);
        }
    }
}
