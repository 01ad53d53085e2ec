package dev.holdfast.bench.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/** Which of the requests are reads, and of what: each kind in turn, of orders that the load itself has placed. */
final class ReadMix {
    private final int percent;
    private final List<UUID> users;
    private final List<Load.Accepted> accepted;
    private final Map<Read, Histogram> micros = new EnumMap<>(Read.class);
    private final SplittableRandom random = new SplittableRandom(1);
    private long requests;
    private int reads;

    /** @param accepted the orders of the load so far, seen as it grows */
    ReadMix(int percent, List<UUID> users, List<Load.Accepted> accepted) {
        this.percent = percent;
        this.users = users;
        this.accepted = accepted;
    }

    /** Whether the next request is a read; spread evenly, so that any hundred requests hold the percentage. */
    boolean nextIsRead() {
        long before = requests * percent / 100;
        requests++;
        return requests * percent / 100 > before && !accepted.isEmpty();
    }

    Read nextRead() {
        return Read.values()[reads++ % Read.values().length];
    }

    /** What to ask for. */
    String path(Read read) {
        Load.Accepted order = accepted.get(random.nextInt(accepted.size()));
        return switch (read) {
            case ORDER -> "/orders/" + order.orderId() + "?user_id=" + order.userId();
            case ORDERS -> "/orders?user_id=" + order.userId();
            case ACCOUNT -> "/accounts/" + users.get(random.nextInt(users.size()));
        };
    }

    void record(Read read, long latencyMicros) {
        micros.computeIfAbsent(read, ignored -> Latencies.histogram()).recordValue(latencyMicros);
    }

    Map<Read, Histogram> micros() {
        return micros;
    }
}
