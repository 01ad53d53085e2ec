package dev.holdfast.system.load;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What load to make.
 *
 * @param gateway where the orders go
 * @param users whose orders, in turn; each needs an account with money
 * @param connections at most so many requests under way at once
 * @param ratePerSecond orders started each second whatever the answers take (open loop); 0 starts the next order of a
 *     connection when its last one is answered (closed loop)
 * @param duration how long orders are started
 * @param persistent an order without a clear answer is sent again with the same Idempotency-Key until it gets one, as a
 *     careful client does
 */
public record LoadPlan(
        URI gateway, List<UUID> users, int connections, double ratePerSecond, Duration duration, boolean persistent) {
    public LoadPlan {
        users = List.copyOf(users);
        if (users.isEmpty() || connections < 1 || ratePerSecond < 0 || duration.isNegative()) {
            throw new IllegalArgumentException("A load needs users, a connection and no negative rate or duration");
        }
    }

    boolean openLoop() {
        return ratePerSecond > 0;
    }
}
