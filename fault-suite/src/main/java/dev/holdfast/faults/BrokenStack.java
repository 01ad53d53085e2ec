package dev.holdfast.faults;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.faults.Fault.Mending;
import dev.holdfast.faults.Fault.NothingToMend;
import dev.holdfast.faults.Fault.Promise;
import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.load.RandomLoad;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.StackException;
import dev.holdfast.localstack.StackProcess;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Goes through the faults of one stack: breaks it, waits, mends it, waits until a new order is finished. After a batch of
 * faults it stops the load and has the stack checked.
 */
final class BrokenStack {
    private static final int ORDERS_PER_SECOND = 15;
    /** A stack that has not recovered by then does not recover by itself. */
    private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(2);
    /** A longer fault is watched in parts: in each of them an order must be accepted, where the fault promises that. */
    private static final Duration LONGEST_PART = Duration.ofSeconds(15);
    /** How long nothing is broken before each fault, and after the last of a batch. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private final StackUnderTest stack;
    private final Probe probe;
    private final Random random;
    private final Tally tally;
    private final Consumer<String> progress;
    private final URI gateway;
    private final ClientTokens tokens;

    /** @param progress is told what happens, line by line */
    BrokenStack(StackUnderTest stack, Probe probe, Random random, Tally tally, Consumer<String> progress) {
        this.stack = stack;
        this.probe = probe;
        this.random = random;
        this.tally = tally;
        this.progress = progress;
        this.gateway = stack.gatewayThroughProxy();
        this.tokens = stack.tokens();
    }

    /**
     * One fault after another, then the check.
     *
     * @param goesOn asked before each fault
     */
    void runUnderLoad(List<Fault> batch, BooleanSupplier goesOn) throws InterruptedException {
        try {
            runAndCheck(batch, goesOn);
        } catch (IOException | SQLException | IllegalStateException e) {
            tally.broken(Tally.RECOVERY, "a stack can be used and asked after faults that have passed", e.toString());
        }
    }

    private void runAndCheck(List<Fault> batch, BooleanSupplier goesOn)
            throws IOException, SQLException, InterruptedException {
        Ledger ledger;
        try (RandomLoad load = RandomLoad.start(gateway, tokens, random.nextLong(), ORDERS_PER_SECOND)) {
            for (Fault fault : batch) {
                if (goesOn.getAsBoolean()) {
                    Thread.sleep(CALM);
                    run(fault, load::placed);
                }
            }
            Thread.sleep(CALM);
            ledger = load.stop();
        }
        new RestCheck(stack, tally, progress)
                .check(ledger, batch.stream().allMatch(fault -> fault.promises(Promise.ANSWERS_IN_TIME)));
    }

    /** Breaks a stack that nobody uses. */
    void run(Fault fault) throws InterruptedException {
        run(fault, () -> 0);
    }

    /**
     * Breaks the stack, mends it, and waits until it has recovered.
     *
     * @param placed how many orders were accepted so far
     */
    private void run(Fault fault, LongSupplier placed) throws InterruptedException {
        Duration lasts = fault.draw(random);
        progress.accept("  " + fault.name());
        Optional<Mending> injected = inject(fault);
        if (injected.isEmpty()) {
            restore();
            return;
        }
        Mending mending = injected.get();
        try {
            long begun = System.nanoTime();
            lastFor(lasts, fault, placed);
            long recoversSince = mending instanceof NothingToMend ? begun : System.nanoTime();
            mending.mend();
            awaitRecovery(fault, recoversSince);
            tally.found(mending.violations());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            tally.broken(Tally.RECOVERY, "a stack whose trouble has passed can be mended", fault.name() + ": " + e);
        }
    }

    /** Empty when the fault did not come about. */
    private Optional<Mending> inject(Fault fault) throws InterruptedException {
        try {
            return Optional.of(fault.injection().inject(stack, random));
        } catch (InterruptedException e) {
            throw e;
        } catch (ImpossibleHereException e) {
            tally.impossibleHere(fault, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            progress.accept("    not done: " + e);
            tally.missed(fault, e.toString());
        }
        return Optional.empty();
    }

    /** Waits; an order must be accepted in each part of this time, where the fault promises that. */
    private void lastFor(Duration time, Fault fault, LongSupplier placed) throws InterruptedException {
        long parts = Math.max(1, Math.ceilDiv(time.toMillis(), LONGEST_PART.toMillis()));
        Duration part = time.dividedBy(parts);
        for (int i = 0; i < parts; i++) {
            long before = placed.getAsLong();
            Thread.sleep(part);
            if (fault.promises(Promise.ORDERS_ACCEPTED) && part.isPositive() && placed.getAsLong() == before) {
                tally.broken(
                        Tally.SERVICE,
                        "orders are accepted all the while",
                        "none in " + part.toMillis() + " ms of " + fault.name());
            }
        }
    }

    private void awaitRecovery(Fault fault, long since) throws InterruptedException {
        try {
            probe.await(RECOVERY_TIMEOUT);
            Duration recovery = Duration.ofNanos(System.nanoTime() - since);
            tally.done(fault, recovery);
            progress.accept(String.format(Locale.ROOT, "    recovered after %.1f s", recovery.toMillis() / 1e3));
        } catch (MissedException e) {
            tally.broken(
                    Tally.RECOVERY,
                    "a new order is finished within " + RECOVERY_TIMEOUT.toSeconds() + " s after " + fault.name(),
                    String.valueOf(e.getMessage()));
        }
        for (StackProcess process : stack.processes()) {
            if (!process.isAlive()) {
                tally.broken(
                        Tally.RECOVERY,
                        "a process that nobody has ended lives on",
                        process.name() + " after " + fault.name());
            }
        }
        try {
            new AllServing(stack).await(RECOVERY_TIMEOUT);
        } catch (MissedException e) {
            tally.broken(
                    Tally.RECOVERY,
                    "every replica serves again within " + RECOVERY_TIMEOUT.toSeconds() + " s after " + fault.name(),
                    String.valueOf(e.getMessage()));
        }
    }

    /** After a fault that came about only in part: the next one must find a whole stack. */
    private void restore() {
        stack.proxies().mend();
        for (StackProcess process : stack.processes()) {
            if (!process.isAlive()) {
                try {
                    process.start();
                } catch (StackException e) {
                    tally.broken(Tally.RECOVERY, "a process that has ended can be started again", e.toString());
                }
            }
        }
    }
}
