package dev.holdfast.bench.limit;

import dev.holdfast.invariants.Database;
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
import java.util.function.LongConsumer;

/**
 * Measures how many orders a second PostgreSQL takes when nothing stands before it: the rows that the services write for
 * an order, in the four commits it has where nothing is batched, one order at a time on each of 16 connections.
 *
 * @param administration a user who may create databases, on the server of the services
 * @param accounts that the orders are spread over
 * @param postgresCpuSeconds CPU time of PostgreSQL so far
 * @param writerCpuSeconds CPU time of this process so far
 */
public record LimitMeasurement(
        Database administration, int accounts, DoubleSupplier postgresCpuSeconds, DoubleSupplier writerCpuSeconds) {
    public static final int CONNECTIONS = 16;

    /**
     * Measures for that long, after a warm-up. Nothing of it stays in the server.
     *
     * @param progress is told about once a second how many orders the warm-up has written, then the measured time
     */
    public Limit measure(Duration warmUp, Duration measured, LongConsumer progress)
            throws SQLException, InterruptedException {
        try (ScratchDatabase scratch = ScratchDatabase.create(administration)) {
            List<UUID> userIds = scratch.openAccounts(accounts);
            PostgresCounters before = scratch.counters();
            LongAdder orders = new LongAdder();
            Window window = write(scratch.database(), userIds, orders, () -> {
                watch(orders, warmUp, progress);
                return watch(orders, measured, progress);
            });
            // All connections have ended, so all is counted.
            PostgresCounters spent = scratch.counters().since(before);
            long complete = scratch.completeOrders();
            if (complete != orders.sum()) {
                throw new IllegalStateException(
                        "Of the limit's " + orders.sum() + " orders only " + complete + " have all their rows");
            }
            return window.limit(spent.perOrder(complete));
        }
    }

    /** Writes orders over all connections while the watcher watches; returns what it has seen. */
    private static Window write(Database database, List<UUID> userIds, LongAdder orders, Watcher watcher)
            throws SQLException, InterruptedException {
        AtomicBoolean stopped = new AtomicBoolean();
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                int first = connection;
                writers.add(threads.submit(() -> {
                    write(database, userIds, first, stopped, orders);
                    return null;
                }));
            }
            Window window;
            try {
                window = watcher.watch();
            } finally {
                stopped.set(true);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            return window;
        } catch (ExecutionException e) {
            throw new SQLException("The limit could not be measured: " + e.getMessage(), e);
        }
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

    private Window watch(LongAdder orders, Duration duration, LongConsumer progress) throws InterruptedException {
        double postgresBefore = postgresCpuSeconds.getAsDouble();
        double writerBefore = writerCpuSeconds.getAsDouble();
        long ordersBefore = orders.sum();
        long start = System.nanoTime();
        for (long second = 0; second < duration.toSeconds(); second++) {
            Thread.sleep(Duration.ofSeconds(1));
            progress.accept(orders.sum() - ordersBefore);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Window(
                seconds,
                orders.sum() - ordersBefore,
                postgresCpuSeconds.getAsDouble() - postgresBefore,
                writerCpuSeconds.getAsDouble() - writerBefore);
    }

    private interface Watcher {
        Window watch() throws InterruptedException;
    }

    private record Window(double seconds, long orders, double postgresCpuSeconds, double writerCpuSeconds) {
        Limit limit(DatabaseCost database) {
            double thousands = Math.max(1, orders) / 1e3;
            return new Limit(
                    seconds,
                    orders,
                    orders / seconds,
                    postgresCpuSeconds / thousands,
                    writerCpuSeconds / thousands,
                    database);
        }
    }
}
