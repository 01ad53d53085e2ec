package dev.holdfast.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The messages that one channel has delivered and that are not settled, by their delivery tags. Once the channel is gone,
 * settling does nothing: the broker delivers them again, and the inbox drops what was applied.
 */
final class Unsettled {
    private static final Logger LOG = Logger.getLogger(Unsettled.class);

    /** In which a batch is acknowledged, message by message. */
    private static final Duration GATHER_TIME = Duration.ofNanos(200_000);

    private final Channel channel;
    private final Demand demand;
    /** Delivery tags, and the bytes of each message. */
    private final TreeMap<Long, Integer> tags = new TreeMap<>();
    /** Those whose acknowledgement is about to be sent. */
    private TreeSet<Long> acknowledged = new TreeSet<>();

    private CompletableFuture<Void> sent = new CompletableFuture<>();

    Unsettled(Channel channel, Demand demand) {
        this.channel = channel;
        this.demand = demand;
    }

    synchronized void add(long tag, int bytes) {
        tags.put(tag, bytes);
    }

    /**
     * Acknowledges a message soon: those that are acknowledged one right after the other share as few frames as possible.
     *
     * @return completed when that was sent, or the channel is gone
     */
    synchronized CompletionStage<Void> acknowledge(long tag) {
        CompletionStage<Void> sending = sent;
        acknowledged.add(tag);
        if (acknowledged.size() >= tags.size()) {
            // No other can follow it.
            sendAcknowledgements();
        } else if (acknowledged.size() == 1) {
            Thread.startVirtualThread(this::gatherAndSend);
        }
        return sending;
    }

    private void gatherAndSend() {
        LockSupport.parkNanos(GATHER_TIME.toNanos());
        sendAcknowledgements();
    }

    /** Sends them by one frame as far as nothing before them is still unsettled. */
    synchronized void sendAcknowledgements() {
        TreeSet<Long> rest = acknowledged;
        CompletableFuture<Void> done = sent;
        acknowledged = new TreeSet<>();
        sent = new CompletableFuture<>();
        try {
            long last = 0;
            while (!rest.isEmpty() && !tags.isEmpty() && tags.firstKey().equals(rest.first())) {
                last = rest.removeFirst();
                settle(last);
            }
            rest.forEach(this::settle);
            if (last > 0) {
                channel.basicAck(last, true);
            }
            for (long tag : rest) {
                channel.basicAck(tag, false);
            }
        } catch (IOException | ShutdownSignalException e) {
            LOG.debugf("Messages could not be acknowledged: %s", e.getMessage());
        } catch (RuntimeException | Error e) {
            // The broker would wait for them for ever: it gets another connection, and delivers them again.
            LOG.error("Messages could not be acknowledged, so their connection is closed", e);
            Broker.abort(channel);
        } finally {
            done.complete(null);
        }
    }

    /** Gives a message back to its queue, to be delivered again. */
    synchronized CompletionStage<Void> giveBack(long tag) {
        settle(tag);
        try {
            channel.basicNack(tag, false, true);
        } catch (IOException | ShutdownSignalException e) {
            LOG.debugf("A message could not be given back: %s", e.getMessage());
        }
        return CompletableFuture.completedFuture(null);
    }

    private void settle(long tag) {
        Integer bytes = tags.remove(tag);
        if (bytes != null) {
            demand.settled(bytes);
        }
    }
}
