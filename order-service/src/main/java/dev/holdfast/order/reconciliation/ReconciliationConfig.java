package dev.holdfast.order.reconciliation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How often orders are held against payments, and how much of the machines that may take. */
@ConfigMapping(prefix = "holdfast.reconciliation")
interface ReconciliationConfig {
    /** From the start of one pass over everything to that of the next; where a pass takes longer, it follows at once. */
    @WithDefault("20s")
    Duration fullInterval();

    /** The same of a pass over what changed; with the grace, how soon a fresh contradiction is named. */
    @WithDefault("15s")
    Duration recentInterval();

    /** What was placed or decided in this time is looked at by a pass over what changed: several intervals. */
    @WithDefault("60s")
    Duration recentWindow();

    /** A pass over what changed looks at the newest orders of each side, at most this many; the full pass sees them all. */
    @WithDefault("20000")
    @Min(1)
    @Max(20_000)
    int recentMax();

    /** Orders of a page, at most 1,000; two such pages are in memory. */
    @WithDefault("500")
    @Min(1)
    @Max(1_000)
    int pageSize();

    /** Accounts of a page, fewer, since payments sums up all their transfers. */
    @WithDefault("100")
    @Min(1)
    @Max(1_000)
    int accountPageSize();

    /** The share of its time that a pass works, in percent; the rest it pauses, so that customers do not notice it. */
    @WithDefault("5")
    @Min(1)
    @Max(100)
    int sharePercent();

    /** How long a contradiction must last to be believed: longer than an event takes from service to service. */
    @WithDefault("5s")
    Duration grace();

    /**
     * How long an order may be NEW, a hold be released or a charge be refunded: long enough for the sweeper of waiting
     * orders to have asked payments again.
     */
    @WithDefault("5m")
    Duration overdueAfter();

    /** When another replica may take over a pass whose replica has vanished: must exceed the slowest page. */
    @WithDefault("45s")
    Duration lease();

    /** No further discrepancies are looked for once this many are open. */
    @WithDefault("10000")
    int maxOpen();

    /** How long a discrepancy is kept after it was found to be gone. */
    @WithDefault("30d")
    Duration retention();

    /** How long a caller who asked for a pass is kept waiting for its end, less than the gateway waits. */
    @WithDefault("10s")
    Duration maxWait();
}
