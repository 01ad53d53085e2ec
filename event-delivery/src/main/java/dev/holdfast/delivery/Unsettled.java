package dev.holdfast.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * The messages that one channel has delivered and that are not settled, by their delivery tags. Once the channel is gone,
 * settling does nothing: the broker delivers them again, and the inbox drops what was applied.
 */
final class Unsettled {
    private static final Logger LOG = Logger.getLogger(Unsettled.class);

    private final Channel channel;
    private final Room room;
    /** Delivery tags, and the bytes of each message. */
    private final TreeMap<Long, Integer> tags = new TreeMap<>();

    /** @param room shared with other channels of the same queue; blocks the broker while there is none */
    Unsettled(Channel channel, Room room) {
        this.channel = channel;
        this.room = room;
    }

    void add(long tag, int bytes) {
        room.enter(bytes);
        synchronized (this) {
            tags.put(tag, bytes);
        }
    }

    /** Acknowledges all that were applied, by one frame as far as nothing before them is still unsettled. */
    synchronized void acknowledge(Collection<Long> applied) {
        TreeSet<Long> rest = new TreeSet<>(applied);
        long last = 0;
        while (!rest.isEmpty() && !tags.isEmpty() && tags.firstKey().equals(rest.first())) {
            last = rest.removeFirst();
            leave(last);
        }
        rest.forEach(this::leave);
        try {
            if (last > 0) {
                channel.basicAck(last, true);
            }
            for (long tag : rest) {
                channel.basicAck(tag, false);
            }
        } catch (IOException | ShutdownSignalException e) {
            LOG.debugf("%d messages could not be acknowledged: %s", applied.size(), e.getMessage());
        }
    }

    /** Gives a message back to its queue, to be delivered again. */
    synchronized void giveBack(long tag) {
        leave(tag);
        try {
            channel.basicNack(tag, false, true);
        } catch (IOException | ShutdownSignalException e) {
            LOG.debugf("A message could not be given back: %s", e.getMessage());
        }
    }

    private void leave(long tag) {
        Integer bytes = tags.remove(tag);
        if (bytes != null) {
            room.leave(bytes);
        }
    }
}
