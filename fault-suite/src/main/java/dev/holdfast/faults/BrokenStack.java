package dev.holdfast.faults;

import dev.holdfast.faults.Fault.Mending;
import dev.holdfast.faults.Fault.NothingToMend;
import dev.holdfast.faults.Fault.Promise;
import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.load.RandomLoad;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import dev.holdfast.localstack.StackException;
import dev.holdfast.localstack.StackProcess;
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
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Breaks one stack again and again: breaks it, waits, mends it, waits until a new order is finished; and after a batch of
 * faults lets it come to rest and checks what became of it.
 */
final class BrokenStack {
    private static final int ORDERS_PER_SECOND = 15;
    /** A stack that has not recovered by then does not do it by itself. */
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(2);

    /** Orders whose messages a broker has lost are asked for again after 2 minutes. */
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(5);

    private static final Duration COMPARISON_LIMIT = Duration.ofMinutes(1);
    /**
     * The gateway's own limits come to 19 s: to wait for a connection, to open it, to wait for the answer. The customers
     * give up after 20 s.
     */
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(19_500);
    /** Of a fault; in each part orders have to be accepted. */
    private static final Duration LONGEST_PART = Duration.ofSeconds(15);
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
    void strikeUnderLoad(List<Fault> batch, BooleanSupplier goesOn) throws InterruptedException {
        try {
            strikeAndCheck(batch, goesOn);
        } catch (IOException | SQLException | IllegalStateException e) {
            broken(Tally.RECOVERY, "a stack can be used and asked after faults that have passed", e.toString());
        }
    }

    private void strikeAndCheck(List<Fault> batch, BooleanSupplier goesOn)
            throws IOException, SQLException, InterruptedException {
        Ledger ledger;
        try (RandomLoad load = RandomLoad.start(gateway, random.nextLong(), ORDERS_PER_SECOND)) {
            for (Fault fault : batch) {
                if (goesOn.getAsBoolean()) {
                    Thread.sleep(CALM);
                    strike(fault, load::placed);
                }
            }
            ledger = load.stop();
        }
        check(ledger, batch.getFirst().promises(Promise.ANSWERS_IN_TIME));
    }

    /** Breaks a stack that nobody uses. */
    void strike(Fault fault) throws InterruptedException {
        strike(fault, () -> 0);
    }

    /**
     * Breaks the stack, mends it, and waits until it has recovered.
     *
     * @param placed how many orders were accepted so far
     */
    private void strike(Fault fault, LongSupplier placed) throws InterruptedException {
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
            recovered(fault, recoversSince);
            found(mending.violations());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            broken(Tally.RECOVERY, "a stack whose trouble has passed can be mended", fault.name() + ": " + e);
        }
    }

    /** Empty when it did not come about. */
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

    /** Where orders are to be accepted all the while, some have to be in each part of this time. */
    private void lastFor(Duration time, Fault fault, LongSupplier placed) throws InterruptedException {
        long parts = Math.max(1, Math.ceilDiv(time.toMillis(), LONGEST_PART.toMillis()));
        Duration part = time.dividedBy(parts);
        for (int i = 0; i < parts; i++) {
            long before = placed.getAsLong();
            Thread.sleep(part);
            if (fault.promises(Promise.ORDERS_ACCEPTED) && part.isPositive() && placed.getAsLong() == before) {
                broken(
                        Tally.SERVICE,
                        "orders are accepted all the while",
                        "none in " + part.toMillis() + " ms of " + fault.name());
            }
        }
    }

    private void recovered(Fault fault, long since) throws InterruptedException {
        try {
            probe.await(RECOVERY_LIMIT);
            Duration recovery = Duration.ofNanos(System.nanoTime() - since);
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
        try {
            new AllServing(stack).await(RECOVERY_LIMIT);
        } catch (MissedException e) {
            broken(
                    Tally.RECOVERY,
                    "every replica serves again within " + RECOVERY_LIMIT.toSeconds() + " s after " + fault.name(),
                    String.valueOf(e.getMessage()));
        }
    }

    /** After a fault that did not come about as it should have: the next one shall find all in order. */
    private void restore() {
        stack.proxies().heal();
        for (StackProcess process : stack.processes()) {
            if (!process.isAlive()) {
                try {
                    process.start();
                } catch (StackException e) {
                    broken(Tally.RECOVERY, "a process that has ended can be started again", e.toString());
                }
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
        found(violations);
        tally.checked(answersInTime ? ledger.slowestAnswer() : Duration.ZERO);
        progress.accept("  checked: " + ledger.placed() + " orders accepted, slowest answer "
                + ledger.slowestAnswer().toMillis() + " ms, " + violations.size() + " promises broken; answers "
                + ledger.answers());
    }

    /** What the product's own comparison, made now, calls a discrepancy. */
    private List<Violation> discrepancies() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder reports = HttpRequest.newBuilder(stack.gateway().resolve("/admin/reconciliation"))
                    .timeout(ANSWER_LIMIT);
            HttpRequest run = reports.copy()
                    .uri(stack.gateway().resolve("/admin/reconciliation/runs"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = client.send(run, HttpResponse.BodyHandlers.ofString());
            long deadline = System.nanoTime() + COMPARISON_LIMIT.toNanos();
            long pass = answer.statusCode() == 202 ? new JsonObject(answer.body()).getLong("pass") : 0;
            while (answer.statusCode() == 202 || new JsonObject(answer.body()).getLong("passes", pass) < pass) {
                if (System.nanoTime() > deadline) {
                    break;
                }
                Thread.sleep(Duration.ofMillis(500));
                answer = client.send(reports.build(), HttpResponse.BodyHandlers.ofString());
            }
            JsonObject report = new JsonObject(answer.body());
            if (answer.statusCode() != 200 || report.getLong("passes") < pass) {
                return List.of(new Violation(
                        Tally.RECONCILIATION,
                        "a stack at rest is compared within a minute",
                        1,
                        List.of(answer.body())));
            }
            List<String> open = report.getJsonArray("discrepancies").stream()
                    .map(Object::toString)
                    .toList();
            return open.isEmpty()
                    ? List.of()
                    : List.of(new Violation(
                            Tally.RECONCILIATION, "a sound system has no discrepancies", open.size(), open));
        }
    }

    private void broken(String promise, String sentence, String row) {
        found(List.of(new Violation(promise, sentence, 1, List.of(row))));
    }

    private void found(List<Violation> violations) {
        violations.forEach(violation -> progress.accept("    " + violation));
        tally.found(violations);
    }
}
