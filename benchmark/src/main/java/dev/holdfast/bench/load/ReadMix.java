package dev.holdfast.bench.load;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Which of the requests are reads, and of what: each kind in turn, of orders that the load itself has placed. */
final class ReadMix {
    private final Share share;
    private final List<UUID> users;
    private final List<Load.Accepted> accepted;
    private final SplittableRandom random = new SplittableRandom(1);
    private int reads;

    /** @param accepted the orders of the load so far, seen as it grows */
    ReadMix(int percent, List<UUID> users, List<Load.Accepted> accepted) {
        this.share = new Share(percent);
        this.users = users;
        this.accepted = accepted;
    }

    boolean nextIsRead() {
        return share.next() && !accepted.isEmpty();
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
}
