package dev.holdfast.bench.load;

import dev.holdfast.access.ClientTokens;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What load to make.
 *
 * @param gateway where the orders go
 * @param tokens what the users prove themselves by
 * @param users whose orders, in turn; each needs an account with money
 * @param connections at most so many requests under way at once
 * @param ratePerSecond requests started each second whatever the answers take (open loop); 0 starts the next request of
 *     a connection when its last one is answered (closed loop)
 * @param readPercent how many of a hundred requests are reads
 * @param actPercent how many of a hundred requests that are no reads cancel or refund orders; the others place them
 * @param duration how long requests are started
 * @param repeatsUnclear whether an order without a clear answer is sent again with the same Idempotency-Key until it gets
 *     one, as a careful client does
 */
public record LoadPlan(
        URI gateway,
        ClientTokens tokens,
        List<UUID> users,
        int connections,
        double ratePerSecond,
        int readPercent,
        int actPercent,
        Duration duration,
        boolean repeatsUnclear) {
    public LoadPlan {
        users = List.copyOf(users);
        if (users.isEmpty() || connections < 1 || ratePerSecond < 0 || duration.isNegative()) {
            throw new IllegalArgumentException("A load needs users, a connection and no negative rate or duration");
        }
        if (readPercent < 0 || readPercent > 99 || actPercent < 0 || actPercent > 99) {
            throw new IllegalArgumentException("Of a load 0 to 99 percent are reads, and of the rest 0 to 99 acts, not "
                    + readPercent + " and " + actPercent);
        }
    }

    /** A closed loop of orders alone. */
    public static LoadPlan closedLoop(
            URI gateway, ClientTokens tokens, List<UUID> users, int connections, Duration duration) {
        return new LoadPlan(gateway, tokens, users, connections, 0, 0, 0, duration, false);
    }

    /** The same in an open loop. */
    public LoadPlan atRate(double requestsPerSecond) {
        return new LoadPlan(
                gateway,
                tokens,
                users,
                connections,
                requestsPerSecond,
                readPercent,
                actPercent,
                duration,
                repeatsUnclear);
    }

    /** The same with reads among the orders. */
    public LoadPlan withReads(int percent) {
        return new LoadPlan(
                gateway, tokens, users, connections, ratePerSecond, percent, actPercent, duration, repeatsUnclear);
    }

    /** The same with cancellations and refunds among the orders. */
    public LoadPlan withActs(int percent) {
        return new LoadPlan(
                gateway, tokens, users, connections, ratePerSecond, readPercent, percent, duration, repeatsUnclear);
    }

    /** The same with orders that are sent again until they get a clear answer. */
    public LoadPlan repeatingUnclear() {
        return new LoadPlan(
                gateway, tokens, users, connections, ratePerSecond, readPercent, actPercent, duration, true);
    }

    boolean openLoop() {
        return ratePerSecond > 0;
    }
}
