package dev.holdfast.faults;

import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Lets a stack come to rest after some faults, and checks all promises. */
record RestCheck(StackUnderTest stack, Tally tally, Consumer<String> progress) {
    /** Orders whose messages a broker has lost are asked for again after 2 minutes. */
    private static final Duration QUIET_TIMEOUT = Duration.ofMinutes(5);

    /**
     * The gateway waits 19 s in all: for a connection to be free, for it to be opened, for the answer. The customers give
     * up after 20 s.
     */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(19_500);

    /**
     * Checks once.
     *
     * @param answersInTime whether the gateway had to answer in time during the faults
     */
    void check(Ledger ledger, boolean answersInTime) throws IOException, SQLException, InterruptedException {
        List<Violation> violations = new ArrayList<>();
        try {
            stack.quiescence().await(QUIET_TIMEOUT);
        } catch (IllegalStateException notQuiet) {
            tally.broken(
                    Tally.RECOVERY, "a stack that nobody uses comes to rest", String.valueOf(notQuiet.getMessage()));
        }
        violations.addAll(stack.invariants().check());
        violations.addAll(ledger.check(
                stack.gatewayThroughProxy(), stack.tokens(), stack.ordersDatabase(), stack.paymentsDatabase()));
        violations.addAll(new ReconciliationRun(stack.gateway(), stack.tokens()).violations());
        List<String> internalErrors = stack.internalErrors();
        if (!internalErrors.isEmpty()) {
            violations.add(new Violation("I8", "no request is answered 500", internalErrors.size(), internalErrors));
        }
        if (answersInTime && ledger.slowestAnswer().compareTo(ANSWER_TIMEOUT) > 0) {
            tally.broken(
                    Tally.SERVICE,
                    "the gateway answers within " + ANSWER_TIMEOUT.toMillis() + " ms",
                    ledger.slowestAnswer().toString());
        }
        tally.found(violations);
        tally.checked(answersInTime ? ledger.slowestAnswer() : Duration.ZERO);
        progress.accept("  checked: " + ledger.placed() + " orders accepted, slowest answer "
                + ledger.slowestAnswer().toMillis() + " ms, " + violations.size() + " promises broken; answers "
                + ledger.answers());
    }
}
