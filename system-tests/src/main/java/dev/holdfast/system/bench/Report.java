package dev.holdfast.system.bench;

import dev.holdfast.system.invariants.Violation;
import dev.holdfast.system.limit.Limit;
import dev.holdfast.system.load.Terminals;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one benchmark; also the JSON of {@code --json}.
 *
 * @param mode {@code closed loop} or {@code open loop}
 * @param answers how many answers of each kind
 * @param completedPerSecond orders that became terminal before the load ended, by its seconds
 * @param drainSeconds from the load's end until the system was quiet
 * @param postToTerminalStored by the orders table: from the client's POST to {@code updated_at}
 * @param createdToTerminalStored by the orders table alone: from {@code created_at} to {@code updated_at}
 * @param postToTerminalSeen by a sample of orders, followed with GETs
 * @param limit what PostgreSQL alone took in the same run; null where it was not measured
 * @param completedOfLimit completed orders by those of the limit
 * @param generatorCpuSecondsPer1000Orders what the load generator itself cost
 */
record Report(
        String mode,
        int connections,
        double ratePerSecond,
        long seconds,
        long warmUpSeconds,
        Map<String, Long> answers,
        Map<String, Long> orders,
        double acceptedPerSecond,
        double completedPerSecond,
        double drainSeconds,
        Quantiles post,
        Quantiles postToTerminalStored,
        Quantiles createdToTerminalStored,
        Quantiles postToTerminalSeen,
        Map<String, ProcessCost> processes,
        double generatorCpuSecondsPer1000Orders,
        @Nullable Limit limit,
        @Nullable Double completedOfLimit,
        List<Violation> violations) {

    private static final double BYTES_PER_MEGABYTE = 1e6;

    /** Whether all invariants hold and every order that was answered 201 exists. */
    boolean sound() {
        return violations.isEmpty() && orders.getOrDefault(Terminals.LOST, 0L) == 0;
    }

    String text() {
        Formatter text = new Formatter(Locale.ROOT);
        text.format(
                "%n%s, %d connections%s, %d s after %d s of warm-up%n",
                mode, connections, rate(), seconds, warmUpSeconds);
        text.format("  answers              %s%n", answers);
        text.format("  orders               %s%n", orders);
        text.format("  accepted             %8.1f orders/s%n", acceptedPerSecond);
        text.format("  completed            %8.1f orders/s%n", completedPerSecond);
        text.format("  drained in           %8.1f s%n", drainSeconds);
        text.format("%n  milliseconds              p50       p90       p99       max    orders%n");
        quantiles(text, "POST", post);
        quantiles(text, "POST to terminal, stored", postToTerminalStored);
        quantiles(text, "created to terminal", createdToTerminalStored);
        quantiles(text, "POST to terminal, seen", postToTerminalSeen);
        text.format("    stored: until updated_at in the orders table, on this machine's clock%n");
        text.format("    seen:   until a GET showed it; a sample, asked every 2 ms or more seldom, so a little late%n");
        costs(text);
        limit(text);
        if (violations.isEmpty()) {
            text.format("%n  invariants I1 to I6 hold, and one order per key (I7)%n");
        }
        violations.forEach(violation -> text.format("%n  VIOLATION %s%n", violation));
        return text.toString();
    }

    private void limit(Formatter text) {
        if (limit == null || completedOfLimit == null) {
            return;
        }
        text.format(
                "%n  limit: the same rows by plain JDBC, 4 durable commits per order, 16 connections, %.0f s%n",
                limit.seconds());
        text.format("    written              %8.1f orders/s%n", limit.ordersPerSecond());
        text.format("    completed / limit    %8.1f %%%n", completedOfLimit * 100);
        text.format(
                "    CPU-s per 1,000      %8.3f postgres, %.3f writer%n",
                limit.postgresCpuSecondsPer1000Orders(), limit.writerCpuSecondsPer1000Orders());
    }

    private String rate() {
        return ratePerSecond > 0 ? String.format(Locale.ROOT, ", %.1f orders/s", ratePerSecond) : "";
    }

    private void costs(Formatter text) {
        if (processes.isEmpty()) {
            text.format("%n  no CPU and memory figures: the process ids are not among the variables%n");
            return;
        }
        text.format("%n  process          CPU-s per 1,000   RSS idle   loaded, MB%n");
        processes.forEach((name, cost) -> text.format(
                "    %-14s %16.3f %10.0f %12.0f%n",
                name,
                cost.cpuSecondsPer1000Orders(),
                cost.idleBytes() / BYTES_PER_MEGABYTE,
                cost.loadedBytes() / BYTES_PER_MEGABYTE));
        text.format(
                "    %-14s %16.3f%n",
                "together",
                processes.values().stream()
                        .mapToDouble(ProcessCost::cpuSecondsPer1000Orders)
                        .sum());
        text.format("    %-14s %16.3f%n", "load generator", generatorCpuSecondsPer1000Orders);
        text.format("    (postgres and rabbitmq: CPU with all their processes, RSS of the first alone)%n");
    }

    private static void quantiles(Formatter text, String name, Quantiles quantiles) {
        text.format(
                "    %-24s %5.1f %9.1f %9.1f %9.1f %9d%n",
                name, quantiles.p50(), quantiles.p90(), quantiles.p99(), quantiles.max(), quantiles.count());
    }
}
