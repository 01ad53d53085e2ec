package dev.holdfast.system.faults;

import dev.holdfast.localstack.StackProcess;
import dev.holdfast.system.faults.Fault.Mending;
import dev.holdfast.system.faults.Fault.Promise;
import dev.holdfast.system.faults.load.Ledger;
import dev.holdfast.system.faults.load.RandomLoad;
import dev.holdfast.system.invariants.Violation;
import dev.holdfast.system.stack.StackUnderTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Breaks one stack again and again: breaks it, waits, mends it, waits until a new order is finished; and after a batch of
 * faults lets it come to rest and checks what became of it.
 */
final class BrokenStack {
    private static final int ORDERS_PER_SECOND = 15;
    /** A stack that has not recovered by then does not do it by itself. */
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(2);

    private static final Duration QUIET_LIMIT = Duration.ofMinutes(3);
    /**
     * The gateway's own limits come to 19 s: to wait for a connection, to open it, to wait for the answer. The customers
     * give up after 20 s.
     */
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(19_500);
    /** Under load and with nothing broken, before each fault. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private final StackUnderTest stack;
    private final Probe probe;
    private final Random random;
    private final Tally tally;
    private final Consumer<String> progress;
    private final URI gateway;

    /** @param progress is told what happens, line by line */
    BrokenStack(StackUnderTest stack, Probe probe, Random random, Tally tally, Consumer<String> progress) {
        this.stack = stack;
        this.probe = probe;
        this.random = random;
        this.tally = tally;
        this.progress = progress;
        this.gateway = stack.gatewayThroughProxy();
    }

    /**
     * One fault after another, then the check.
     *
     * @param goesOn asked before each fault
     */
    void strikeUnderLoad(List<Fault> batch, BooleanSupplier goesOn)
            throws IOException, SQLException, InterruptedException {
        Ledger ledger;
        try (RandomLoad load = RandomLoad.start(gateway, random.nextLong(), ORDERS_PER_SECOND)) {
            for (Fault fault : batch) {
                if (goesOn.getAsBoolean()) {
                    Thread.sleep(CALM);
                    strikeUnderLoad(fault, load);
                }
            }
            ledger = load.stop();
        }
        check(ledger, batch.getFirst().promises(Promise.ANSWERS_IN_TIME));
    }

    private void strikeUnderLoad(Fault fault, RandomLoad load) throws InterruptedException {
        long placedBefore = load.placed();
        strike(fault, () -> {
            if (fault.promises(Promise.ORDERS_ACCEPTED) && load.placed() == placedBefore) {
                broken(Tally.SERVICE, "orders are accepted all the while", fault.name());
            }
        });
    }

    /** Breaks a stack that nobody uses. */
    void strike(Fault fault) throws InterruptedException {
        strike(fault, () -> {});
    }

    /** Breaks the stack, mends it, and waits until it has recovered. */
    private void strike(Fault fault, Runnable beforeMending) throws InterruptedException {
        Duration lasts = fault.draw(random);
        progress.accept("  " + fault.name());
        try {
            Mending mending = fault.injection().inject(stack, random);
            Thread.sleep(lasts);
            beforeMending.run();
            long mended = System.nanoTime();
            mending.mend();
            recovered(fault, mended);
            tally.found(mending.violations());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            progress.accept("    not done: " + e);
            tally.missed(fault, String.valueOf(e.getMessage()));
            restore();
        }
    }

    private void recovered(Fault fault, long mended) throws InterruptedException {
        try {
            probe.await(RECOVERY_LIMIT);
            Duration recovery = Duration.ofNanos(System.nanoTime() - mended);
            tally.done(fault, recovery);
            progress.accept(String.format(Locale.ROOT, "    recovered after %.1f s", recovery.toMillis() / 1e3));
        } catch (MissedException e) {
            broken(
                    Tally.RECOVERY,
                    "a new order is finished within " + RECOVERY_LIMIT.toSeconds() + " s after " + fault.name(),
                    String.valueOf(e.getMessage()));
        }
        for (StackProcess process : stack.processes()) {
            if (!process.isAlive()) {
                broken(
                        Tally.RECOVERY,
                        "a process that nobody has ended lives on",
                        process.name() + " after " + fault.name());
            }
        }
    }

    /** After a fault that did not come about as it should have: the next one shall find all in order. */
    private void restore() throws InterruptedException {
        stack.proxies().heal();
        for (StackProcess process : stack.processes()) {
            if (!process.isAlive()) {
                process.start();
            }
        }
    }

    private void check(Ledger ledger, boolean answersInTime) throws IOException, SQLException, InterruptedException {
        List<Violation> violations = new ArrayList<>();
        try {
            stack.quiescence().await(QUIET_LIMIT);
        } catch (IllegalStateException notQuiet) {
            broken(Tally.RECOVERY, "a stack that nobody uses comes to rest", String.valueOf(notQuiet.getMessage()));
        }
        violations.addAll(stack.invariants().check());
        violations.addAll(ledger.check(gateway, stack.ordersDatabase(), stack.paymentsDatabase()));
        violations.addAll(discrepancies());
        List<String> internalErrors = stack.internalErrors();
        if (!internalErrors.isEmpty()) {
            violations.add(new Violation("I8", "no request is answered 500", internalErrors.size(), internalErrors));
        }
        if (answersInTime && ledger.slowestAnswer().compareTo(ANSWER_LIMIT) > 0) {
            broken(
                    Tally.SERVICE,
                    "the gateway answers within " + ANSWER_LIMIT.toMillis() + " ms",
                    ledger.slowestAnswer().toString());
        }
        tally.found(violations);
        tally.checked(answersInTime ? ledger.slowestAnswer() : Duration.ZERO);
        progress.accept("  checked: " + ledger.placed() + " orders accepted, slowest answer "
                + ledger.slowestAnswer().toMillis() + " ms, " + violations.size() + " promises broken; answers "
                + ledger.answers());
    }

    /** What the product's own comparison, made now, calls a discrepancy. */
    private List<Violation> discrepancies() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest run = HttpRequest.newBuilder(stack.gateway().resolve("/admin/reconciliation/runs"))
                    .timeout(ANSWER_LIMIT)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = client.send(run, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return List.of(new Violation(
                        Tally.RECONCILIATION, "a stack at rest is compared within seconds", 1, List.of(answer.body())));
            }
            List<String> open = new JsonObject(answer.body())
                    .getJsonArray("discrepancies").stream()
                            .map(Object::toString)
                            .toList();
            return open.isEmpty()
                    ? List.of()
                    : List.of(new Violation(
                            Tally.RECONCILIATION, "a sound system has no discrepancies", open.size(), open));
        }
    }

    private void broken(String promise, String sentence, String row) {
        progress.accept("    " + promise + " broken: " + sentence + ": " + row);
        tally.found(List.of(new Violation(promise, sentence, 1, List.of(row))));
    }
}
