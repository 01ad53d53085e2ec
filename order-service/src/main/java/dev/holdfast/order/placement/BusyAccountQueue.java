package dev.holdfast.order.placement;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Orders whose accounts somebody keeps locked. They are tried again apart from all others, one batch at a time, until they
 * are placed or their time is over. No thread and no other order waits for them.
 */
final class BusyAccountQueue {
    private final Consumer<List<PendingOrder>> begin;
    private final int batchSize;
    /** Of one account in a batch, so that many orders of one do not delay the few of another. */
    private final int shareMax;

    private final Duration pause;
    private final Vertx vertx;
    /** Guarded by this, as is what follows. */
    private final ArrayDeque<PendingOrder> waiting = new ArrayDeque<>();

    private boolean busy;

    /** @param begin begins a batch, at the end of which {@link #ended} is called */
    BusyAccountQueue(Consumer<List<PendingOrder>> begin, PlacementConfig config, Vertx vertx) {
        this.begin = begin;
        this.batchSize = config.batchSize();
        this.shareMax = Math.max(1, batchSize / 4);
        this.pause = config.busyPause();
        this.vertx = vertx;
    }

    synchronized void add(List<PendingOrder> orders) {
        waiting.addAll(orders);
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            vertx.setTimer(pause.toMillis(), timer -> beginNext());
        }
    }

    /** @param again those of the batch whose accounts are locked still */
    synchronized void ended(List<PendingOrder> again) {
        busy = false;
        add(again);
    }

    private void beginNext() {
        List<PendingOrder> batch = new ArrayList<>();
        Map<UUID, Integer> shares = new HashMap<>();
        synchronized (this) {
            for (Iterator<PendingOrder> all = waiting.iterator(); batch.size() < batchSize && all.hasNext(); ) {
                PendingOrder next = all.next();
                if (shares.merge(next.request().userId(), 1, Integer::sum) <= shareMax) {
                    batch.add(next);
                    all.remove();
                }
            }
        }
        begin.accept(batch);
    }
}
