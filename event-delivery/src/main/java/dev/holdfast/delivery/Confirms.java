package dev.holdfast.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The confirms that one batch of published messages waits for. */
final class Confirms {
    private static final String NO_CONFIRM = "not confirmed by the broker";

    private final long firstTag;
    private final List<@Nullable String> outcomes = new ArrayList<>();
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<Integer, String> returned = new HashMap<>();
    private final BitSet open = new BitSet();
    private final CountDownLatch done = new CountDownLatch(1);

    Confirms(long firstTag, List<String> messageIds) {
        this.firstTag = firstTag;
        for (int i = 0; i < messageIds.size(); i++) {
            indexes.put(messageIds.get(i), i);
            outcomes.add(NO_CONFIRM);
        }
        open.set(0, messageIds.size());
    }

    /** A message that no queue took is returned before it is confirmed: the confirm then says nothing. */
    synchronized void returned(String messageId, String failure) {
        Integer index = indexes.get(messageId);
        if (index != null) {
            returned.put(index, failure);
        }
    }

    synchronized void settle(long tag, boolean multiple, @Nullable String failure) {
        int last = (int) (tag - firstTag);
        if (last < 0) {
            return;
        }
        int first = multiple ? 0 : last;
        for (int i = open.nextSetBit(first); i >= 0 && i <= last; i = open.nextSetBit(i + 1)) {
            open.clear(i);
            outcomes.set(i, failure == null ? returned.get(i) : failure);
        }
        if (open.isEmpty()) {
            done.countDown();
        }
    }

    /** Only the first ones were sent, {@code sent} of them; the others never will be. */
    synchronized void endAt(int sent) {
        open.clear(sent, outcomes.size());
        if (open.isEmpty()) {
            done.countDown();
        }
    }

    /** The channel is gone, no further confirm will come. */
    void abandon() {
        done.countDown();
    }

    /** Returns whether all confirms, good or bad, came in time. */
    boolean await(Duration atMost) throws InterruptedException {
        if (!done.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        synchronized (this) {
            return open.isEmpty();
        }
    }

    synchronized List<@Nullable String> outcomes() {
        return new ArrayList<>(outcomes);
    }
}
