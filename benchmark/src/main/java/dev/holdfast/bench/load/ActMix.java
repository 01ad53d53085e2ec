package dev.holdfast.bench.load;

import java.util.List;
import java.util.SplittableRandom;

/** Which of the requests that change something cancel or refund orders, in turn, instead of placing one. */
final class ActMix {
    private final Share share;
    private final List<Load.Accepted> accepted;
    private final SplittableRandom random = new SplittableRandom(2);
    private int acts;

    /** @param accepted the orders of the load so far, seen as it grows */
    ActMix(int percent, List<Load.Accepted> accepted) {
        this.share = new Share(percent);
        this.accepted = accepted;
    }

    boolean nextIsAct() {
        return share.next() && !accepted.isEmpty();
    }

    Act nextAct() {
        return Act.values()[acts++ % Act.values().length];
    }

    /** The order that it is done to. */
    Load.Accepted order(Act act) {
        return switch (act) {
            case CANCEL -> accepted.getLast();
            case REFUND -> accepted.get(random.nextInt(accepted.size()));
        };
    }
}
