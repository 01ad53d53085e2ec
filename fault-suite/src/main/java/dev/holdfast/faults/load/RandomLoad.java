package dev.holdfast.faults.load;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.Accounts;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Customers who deposit, withdraw, order, capture, cancel, refund, hold, release, repeat and read, in an order drawn from a seed and at a
 * rate that no answer slows down. What is due while as many requests are under way as are allowed is skipped and counted.
 */
public final class RandomLoad implements AutoCloseable {
    /** At most so many requests are under way. */
    static final int UNDER_WAY_MAX = 64;
    /** At most so many operations are kept in mind; what comes after them is skipped. */
    static final int OPERATIONS_MAX = 1_000_000;

    private static final long RICH_CENTS = 100_000_000;
    private static final long HOT_CENTS = 2_000;
    /** The longest operation is some requests one after another, each with its timeout. */
    private static final Duration UNDER_WAY_TIMEOUT = Caller.TIMEOUT.multipliedBy(8);

    private final RandomGenerator random;
    private final double operationsPerSecond;
    private final UnaryOperator<Step> possible;
    private final Names names = new Names(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
    private final AnswerLog log = new AnswerLog();
    private final Caller caller;
    private final CheckedRequests requests;
    private final OperationSender sender;
    private final Reads reads;
    private final List<CustomerLedger> customers = new ArrayList<>();
    private final Semaphore free = new Semaphore(UNDER_WAY_MAX);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final UnsettledOperations unsettled = new UnsettledOperations();
    /** Only the scheduling thread adds to it, and it is read when that has ended. */
    private final List<Operation> operations = new ArrayList<>();

    private final Thread scheduler;
    private volatile boolean stopping;

    private RandomLoad(URI gateway, ClientTokens tokens, long seed, int ordersPerSecond, UnaryOperator<Step> possible) {
        this.possible = possible;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        operationsPerSecond = ordersPerSecond * 100.0 / Step.ORDER_PERCENT;
        caller = new Caller(gateway, tokens, UNDER_WAY_MAX);
        requests = new CheckedRequests(caller, log);
        sender = new OperationSender(requests, log, names);
        reads = new Reads(requests, log);
        scheduler = Thread.ofPlatform().name("random-load").daemon().unstarted(this::schedule);
    }

    /**
     * Opens accounts and starts the load, which goes on until it is stopped.
     *
     * @param seed the same seed draws the same steps
     * @param ordersPerSecond 1 to 10,000; all else comes in proportion
     * @throws IllegalStateException when the accounts cannot be opened
     */
    public static RandomLoad start(URI gateway, ClientTokens tokens, long seed, int ordersPerSecond) {
        return start(gateway, tokens, seed, ordersPerSecond, UnaryOperator.identity());
    }

    /** The same where replicas of the last release may answer: without what those cannot do. */
    public static RandomLoad startBesideLastRelease(URI gateway, ClientTokens tokens, long seed, int ordersPerSecond) {
        return start(gateway, tokens, seed, ordersPerSecond, Step::knownToLastRelease);
    }

    /** The same without refunds and later captures, of which a database that is restored alone leaves what nothing mends by itself. */
    public static RandomLoad startForRestore(URI gateway, ClientTokens tokens, long seed, int ordersPerSecond) {
        return start(gateway, tokens, seed, ordersPerSecond, Step::mendedAfterRestore);
    }

    private static RandomLoad start(
            URI gateway, ClientTokens tokens, long seed, int ordersPerSecond, UnaryOperator<Step> possible) {
        if (ordersPerSecond < 1 || ordersPerSecond > 10_000) {
            throw new IllegalArgumentException("A load has 1 to 10000 orders per second, not " + ordersPerSecond);
        }
        RandomLoad load = new RandomLoad(gateway, tokens, seed, ordersPerSecond, possible);
        try {
            load.open(gateway, tokens, Step.HOT_USERS, HOT_CENTS);
            load.open(gateway, tokens, Step.USERS - Step.HOT_USERS, RICH_CENTS);
        } catch (IOException e) {
            load.close();
            throw new IllegalStateException("The random load could not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            load.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The random load was interrupted while it started", e);
        }
        load.scheduler.start();
        return load;
    }

    /** Orders that were answered 201 so far, repeated answers not counted. */
    public long placed() {
        return log.placed();
    }

    /**
     * Starts nothing more, waits for what is under way and repeats what got no clear answer and can be repeated, until it
     * gets one or a minute is over. Takes 5 minutes at most.
     *
     * @throws IllegalStateException when a request did not even end at its timeout
     */
    public Ledger stop() throws InterruptedException {
        stopping = true;
        scheduler.join();
        if (!free.tryAcquire(UNDER_WAY_MAX, UNDER_WAY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("Some requests were still under way after " + UNDER_WAY_TIMEOUT);
        }
        free.release(UNDER_WAY_MAX);
        unsettled.settle(sender);
        return new Ledger(
                log.answers(),
                log.placed(),
                unclear(),
                log.slowest(),
                log.skipped(),
                names,
                customers,
                operations,
                log.violations());
    }

    /** Ends at once, without a ledger where it was not stopped before. */
    @Override
    public void close() {
        stopping = true;
        scheduler.interrupt();
        try {
            scheduler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        caller.close();
    }

    private void open(URI gateway, ClientTokens tokens, int count, long cents)
            throws IOException, InterruptedException {
        for (UUID user : Accounts.open(gateway, tokens, count, BigDecimal.valueOf(cents, 2))) {
            customers.add(new CustomerLedger(user, cents));
        }
    }

    private void schedule() {
        long start = System.nanoTime();
        for (long n = 1; !stopping; n++) {
            start(possible.apply(Step.draw(random)));
            long due = start + (long) (n * 1e9 / operationsPerSecond);
            long wait = due - System.nanoTime();
            if (wait > 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(wait);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void start(Step step) {
        int atOnce = step.requestsAtOnce();
        if (operations.size() >= OPERATIONS_MAX || !free.tryAcquire(atOnce)) {
            log.countSkipped();
            return;
        }
        CustomerLedger customer = customers.get(step.user());
        Runnable work = switch (step.action()) {
            case ORDER -> operation(Operation.Kind.ORDER, step, customer, step.keyed());
            case DEPOSIT -> operation(Operation.Kind.DEPOSIT, step, customer, step.keyed());
            case HOLD -> operation(Operation.Kind.HOLD, step, customer, true);
            case WITHDRAWAL -> operation(Operation.Kind.WITHDRAWAL, step, customer, step.keyed());
            case READ -> untilInterrupted(() -> reads.read(customer, step.pick()));
            case WRONG_INPUT -> untilInterrupted(() -> sendWrongInput(customer, step.pick()));
        };
        threads.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.add("I8", "each answer can be understood", step + ": " + e);
            } finally {
                free.release(atOnce);
            }
        });
    }

    private Runnable operation(Operation.Kind kind, Step step, CustomerLedger customer, boolean repeatable) {
        Operation operation = new Operation(
                kind, operations.size(), customer, step.cents(), repeatable, step.manual(), step.afterwards());
        operations.add(operation);
        customer.add(operation);
        return untilInterrupted(() -> {
            try {
                sender.sendAll(operation, step);
            } finally {
                if (operation.mayBeSentAgain() && !operation.clear()) {
                    unsettled.add(operation);
                }
            }
        });
    }

    private void sendWrongInput(CustomerLedger customer, int pick) throws InterruptedException {
        WrongInput input = WrongInput.of(customer.user, pick);
        requests.expect(input.request(), input.status());
    }

    private List<String> unclear() {
        return operations.stream()
                .filter(operation -> !operation.clear())
                .limit(Ledger.UNCLEAR_NAMED)
                .map(Operation::toString)
                .toList();
    }

    private static Runnable untilInterrupted(Work work) {
        return () -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private interface Work {
        void run() throws InterruptedException;
    }
}
