package dev.holdfast.order;

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
 * Orders whose accounts somebody keeps locked. They are tried again apart from all others, one batch of them at a time,
 * until they are placed or their time is over; no thread and no other order waits for them.
 */
final class PutAside {
    private final Consumer<List<PendingPlacement>> begin;
    private final int batchSize;
    /** Of one account in a batch, so that many orders of one do not delay the few of another. */
    private final int shareMax;

    private final Duration pause;
    private final Vertx vertx;
    /** Guarded by this, as is what follows. */
    private final ArrayDeque<PendingPlacement> waiting = new ArrayDeque<>();

    private boolean busy;

    /** @param begin begins a batch, at the end of which {@link #ended} is called */
    PutAside(Consumer<List<PendingPlacement>> begin, PlacementConfig config, Vertx vertx) {
        this.begin = begin;
        this.batchSize = config.batchSize();
        this.shareMax = Math.max(1, batchSize / 4);
        this.pause = config.busyPause();
        this.vertx = vertx;
    }

    synchronized void add(List<PendingPlacement> orders) {
        waiting.addAll(orders);
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            vertx.setTimer(pause.toMillis(), timer -> beginNext());
        }
    }

    /** @param again those of the batch whose accounts are locked still */
    synchronized void ended(List<PendingPlacement> again) {
        busy = false;
        add(again);
    }

    private void beginNext() {
        List<PendingPlacement> batch = new ArrayList<>();
        Map<UUID, Integer> shares = new HashMap<>();
        synchronized (this) {
            for (Iterator<PendingPlacement> all = waiting.iterator(); batch.size() < batchSize && all.hasNext(); ) {
                PendingPlacement next = all.next();
                if (shares.merge(next.wish().userId(), 1, Integer::sum) <= shareMax) {
                    batch.add(next);
                    all.remove();
                }
            }
        }
        begin.accept(batch);
    }
}
