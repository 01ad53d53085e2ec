package dev.holdfast.bench.limit;

/**
 * What PostgreSQL alone takes.
 *
 * @param seconds how long it was measured
 * @param orders written in that time, each with all its rows and its four durable commits
 * @param postgresCpuSecondsPer1000Orders CPU of all of PostgreSQL's processes
 * @param writerCpuSecondsPer1000Orders CPU of this process, which writes the rows
 * @param database of all orders, those of the warm-up included
 */
public record Limit(
        double seconds,
        long orders,
        double ordersPerSecond,
        double postgresCpuSecondsPer1000Orders,
        double writerCpuSecondsPer1000Orders,
        DatabaseCost database) {}
