package dev.holdfast.system.limit;

import dev.holdfast.system.invariants.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * Measures how many orders a second PostgreSQL takes when nothing stands before it: the rows that the services write for
 * an order, in the four commits it has where nothing is batched, one order at a time on each of 16 connections.
 *
 * @param administration a user who may create databases, on the server of the services
 * @param accounts that the orders are spread over
 * @param postgresCpuSeconds CPU time of PostgreSQL so far
 * @param ownCpuSeconds CPU time of this process so far
 */
public record LimitMeasurement(
        Database administration, int accounts, DoubleSupplier postgresCpuSeconds, DoubleSupplier ownCpuSeconds) {
    public static final int CONNECTIONS = 16;

    /** Measures for that long, after a warm-up. Nothing of it stays in the server. */
    public Limit measure(Duration warmUp, Duration measured) throws SQLException, InterruptedException {
        try (ScratchDatabase scratch = ScratchDatabase.create(administration)) {
            List<UUID> userIds = scratch.openAccounts(accounts);
            AtomicBoolean stopped = new AtomicBoolean();
            LongAdder orders = new LongAdder();
            Limit limit;
            try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
                List<Future<?>> writers = new ArrayList<>();
                for (int writer = 0; writer < CONNECTIONS; writer++) {
                    int first = writer;
                    writers.add(threads.submit(() -> {
                        write(scratch.database(), userIds, first, stopped, orders);
                        return null;
                    }));
                }
                try {
                    Thread.sleep(warmUp);
                    limit = watch(orders, measured);
                } finally {
                    stopped.set(true);
                }
                for (Future<?> writer : writers) {
                    await(writer);
                }
            }
            if (scratch.completeOrders() != orders.sum()) {
                throw new IllegalStateException("The limit wrote " + orders.sum() + " orders, of which only "
                        + scratch.completeOrders() + " have all their rows");
            }
            return limit;
        }
    }

    private Limit watch(LongAdder orders, Duration measured) throws InterruptedException {
        double postgresBefore = postgresCpuSeconds.getAsDouble();
        double ownBefore = ownCpuSeconds.getAsDouble();
        long start = System.nanoTime();
        long ordersBefore = orders.sum();
        Thread.sleep(measured);
        long written = orders.sum() - ordersBefore;
        double seconds = (System.nanoTime() - start) / 1e9;
        double thousands = Math.max(1, written) / 1e3;
        return new Limit(
                seconds,
                written,
                written / seconds,
                (postgresCpuSeconds.getAsDouble() - postgresBefore) / thousands,
                (ownCpuSeconds.getAsDouble() - ownBefore) / thousands);
    }

    /** One connection: every sixteenth account in turn. */
    private static void write(Database database, List<UUID> userIds, int first, AtomicBoolean stopped, LongAdder orders)
            throws SQLException {
        try (OrderWriter writer = new OrderWriter(database)) {
            for (int next = first; !stopped.get(); next += CONNECTIONS) {
                writer.write(userIds.get(next % userIds.size()));
                orders.increment();
            }
        }
    }

    private static void await(Future<?> writer) throws SQLException, InterruptedException {
        try {
            writer.get();
        } catch (ExecutionException e) {
            throw new SQLException("The limit could not be measured: " + e.getMessage(), e);
        }
    }
}
