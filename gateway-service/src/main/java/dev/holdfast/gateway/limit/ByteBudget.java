package dev.holdfast.gateway.limit;

import java.util.concurrent.atomic.AtomicLong;

/** So many bytes may be taken at once, by all event loops together. */
public final class ByteBudget {
    private final long bytes;
    private final AtomicLong taken = new AtomicLong();

    public ByteBudget(long bytes) {
        this.bytes = bytes;
    }

    /** @return whether they were there; then they are to be {@linkplain #giveBack given back} */
    public boolean tryTake(long wanted) {
        if (taken.addAndGet(wanted) <= bytes) {
            return true;
        }
        taken.addAndGet(-wanted);
        return false;
    }

    public void giveBack(long given) {
        taken.addAndGet(-given);
    }

    public long taken() {
        return taken.get();
    }
}
