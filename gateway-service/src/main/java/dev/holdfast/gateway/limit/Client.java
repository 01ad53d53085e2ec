package dev.holdfast.gateway.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One client and what it has taken. A client that has been forgotten meanwhile gives back to this object all the same. */
final class Client {
    final ClientPolicy policy;
    /** Null where its rate is not limited. */
    final @Nullable Bucket requests;

    private final AtomicInteger underWay = new AtomicInteger();

    Client(ClientPolicy policy, TimeMeter clock) {
        this.policy = policy;
        this.requests = policy.limitsRate() ? policy.bucket(clock) : null;
    }

    boolean tryEnter() {
        if (policy.requestsAtOnce() <= 0 || underWay.incrementAndGet() <= policy.requestsAtOnce()) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    void leave() {
        if (policy.requestsAtOnce() > 0) {
            underWay.decrementAndGet();
        }
    }
}
