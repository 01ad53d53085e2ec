package dev.holdfast.bench;

import dev.holdfast.bench.limit.DatabaseCost;
import dev.holdfast.bench.limit.Limit;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one measured run.
 *
 * @param answers how many answers of each kind: the status, for a refusal with its problem's code
 * @param orders how many of the accepted orders are in each status after the drain; {@code lost} were answered 201 and
 *     do not exist
 * @param accepted orders that were answered 201
 * @param completed those of them that became terminal before the load ended
 * @param drainSeconds from the load's end until all orders were terminal and, where that can be seen, all events sent
 * @param milliseconds latencies by what was timed; {@code stored} ends at the order's {@code updated_at}, {@code seen}
 *     when a GET showed the terminal state
 * @param processes what each process of the stack cost, the drain included; empty where they are not at hand
 * @param deliveries messages that the broker delivered to each replica from each queue; empty where that cannot be seen
 * @param cpuSecondsPer1000Orders of all those processes together
 * @param generatorCpuSecondsPer1000Orders what the load generator itself cost
 * @param generatorCpuPercent how much of one core the load generator took
 * @param database null where the databases are not at hand
 * @param limit what PostgreSQL alone took right after; null where it was not measured
 * @param completedOfLimit {@code completedPerSecond} by the limit's orders per second
 */
record Run(
        Map<String, Long> answers,
        Map<String, Long> orders,
        long accepted,
        long completed,
        double acceptedPerSecond,
        double completedPerSecond,
        double drainSeconds,
        Map<String, Quantiles> milliseconds,
        Map<String, ProcessCost> processes,
        Map<String, Long> deliveries,
        double cpuSecondsPer1000Orders,
        double generatorCpuSecondsPer1000Orders,
        double generatorCpuPercent,
        @Nullable DatabaseCost database,
        @Nullable Limit limit,
        @Nullable Double completedOfLimit) {
    /** @throws NullPointerException where its figures are not at hand */
    ProcessCost cost(String process) {
        return Objects.requireNonNull(processes.get(process), process);
    }

    /** @throws NullPointerException where nothing was timed under that name */
    Quantiles latency(String name) {
        return Objects.requireNonNull(milliseconds.get(name), name);
    }
}
