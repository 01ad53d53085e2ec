package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a connection reads from the broker, with bodies cut and headers bounded before they take memory. The client by
 * itself ends the connection where a body is too long; the broker then delivers it to the next one, and so on.
 *
 * <p>For connections with one channel, which is all that {@link Broker} opens.
 */
final class BoundedFrames implements FrameHandler {
    /** Opens such connections. */
    static final class Connections extends ConnectionFactory {
        private final long bodyBytesMax;

        Connections(long bodyBytesMax) {
            this.bodyBytesMax = bodyBytesMax;
        }

        @Override
        protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
            FrameHandlerFactory plain = super.createFrameHandlerFactory();
            return (address, name) -> new BoundedFrames(plain.create(address, name), bodyBytesMax);
        }
    }

    private static final Logger LOG = Logger.getLogger(BoundedFrames.class);
    /** Properties that take no more are not looked into here. Those of an event take 200 bytes. */
    private static final int HEADER_BYTES_FREE = 1_024;
    /** AMQP 0-9-1, 2.3.5.2: after the class and the weight. */
    private static final int BODY_SIZE_OFFSET = 4;

    private final FrameHandler frames;
    private final long bodyBytesMax;
    /** How many more bytes of the current body are kept. */
    private long bodyBytesLeft;

    BoundedFrames(FrameHandler frames, long bodyBytesMax) {
        this.frames = frames;
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public @Nullable Frame readFrame() throws IOException {
        Frame frame = frames.readFrame();
        while (frame != null && frame.type == AMQP.FRAME_BODY && bodyBytesLeft == 0) {
            frame = frames.readFrame();
        }
        if (frame == null) {
            return null;
        }
        return switch (frame.type) {
            case AMQP.FRAME_HEADER -> header(frame);
            case AMQP.FRAME_BODY -> body(frame);
            default -> frame;
        };
    }

    private Frame header(Frame frame) throws IOException {
        byte[] payload = frame.getPayload();
        long bodyBytes = ByteBuffer.wrap(payload).getLong(BODY_SIZE_OFFSET);
        bodyBytesLeft = Math.min(bodyBytes, bodyBytesMax);
        boolean cut = bodyBytes > bodyBytesMax;
        if (!cut && payload.length <= HEADER_BYTES_FREE) {
            return frame;
        }
        return OutgoingProperties.bounded(properties(frame, payload.length), cut ? bodyBytes : null)
                .toFrame(frame.channel, bodyBytesLeft);
    }

    private Frame body(Frame frame) throws IOException {
        byte[] payload = frame.getPayload();
        int kept = (int) Math.min(payload.length, bodyBytesLeft);
        bodyBytesLeft -= kept;
        return kept == payload.length ? frame : Frame.fromBodyFragment(frame.channel, payload, 0, kept);
    }

    /** The client reads nested headers by recursion, which may be deeper than the stack. */
    private static BasicProperties properties(Frame frame, int length) {
        try {
            return (BasicProperties) AMQImpl.readContentHeaderFrom(frame.getInputStream());
        } catch (IOException | RuntimeException | StackOverflowError e) {
            LOG.warnf(
                    "%d bytes of AMQP properties cannot be read: %s",
                    length, e.getClass().getSimpleName());
            return new BasicProperties.Builder()
                    .headers(Map.of(AmqpText.DROPPED_HEADER, length + " bytes that cannot be read"))
                    .build();
        }
    }

    @Override
    public void setTimeout(int timeoutMillis) throws SocketException {
        frames.setTimeout(timeoutMillis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return frames.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        frames.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        frames.initialize(connection);
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        frames.writeFrame(frame);
    }

    @Override
    public void flush() throws IOException {
        frames.flush();
    }

    @Override
    public void close() {
        frames.close();
    }

    @Override
    public InetAddress getLocalAddress() {
        return frames.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return frames.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return frames.getAddress();
    }

    @Override
    public int getPort() {
        return frames.getPort();
    }
}
