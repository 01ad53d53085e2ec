package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.event.Topology;
import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.load.MessageFault;
import dev.holdfast.faults.load.MessageFaults;
import dev.holdfast.faults.load.RandomLoad;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of the fault suite on a system that nothing else breaks. */
@SystemTest
class RandomLoadIT {
    private static final Duration LOAD = Duration.ofSeconds(20);
    private static final int ORDERS_PER_SECOND = 15;
    /** In it some ten orders are to be cancelled. */
    private static final Duration KEPT_BACK = Duration.ofSeconds(4);

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private final StackUnderTest stack;

    RandomLoadIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void customersGetWhatTheyAreToldAndTheLedgerNamesWhatTheyDoNot() throws Exception {
        long seed = new Random().nextLong();
        Ledger ledger;
        try (RandomLoad load = RandomLoad.start(stack.gateway(), stack.tokens(), seed, ORDERS_PER_SECOND);
                Saga saga = new Saga(stack)) {
            Thread.sleep(LOAD);
            // Nearly every order is charged before it is cancelled, unless its request for payment is kept back.
            saga.keepBack(Topology.PAYMENT_REQUESTS);
            try {
                Thread.sleep(KEPT_BACK);
            } finally {
                saga.letThrough(Topology.PAYMENT_REQUESTS);
            }
            ledger = load.stop();
        }
        System.out.println("Seed " + seed + ", placed " + ledger.placed() + ", skipped " + ledger.skipped()
                + ", slowest answer " + ledger.slowestAnswer() + ", answers " + ledger.answers());
        stack.quiescence().await(DEADLINE);

        assertThat(check(ledger)).as("seed %d", seed).isEmpty();
        assertThat(ledger.unclear()).isEmpty();
        assertThat(ledger.placed()).isGreaterThan(LOAD.toSeconds() * ORDERS_PER_SECOND / 2);
        assertThat(ledger.answers())
                .containsKeys(
                        "order 201",
                        "order 402 insufficient_funds",
                        "order 422 idempotency_key_reused",
                        "cancel 200",
                        "cancel 409 order_finished",
                        "capture 202",
                        "capture 409 order_not_authorized",
                        "refund 201",
                        "refund 422 refund_exceeds_captured",
                        "deposit 200",
                        "withdrawal 200",
                        "hold 200",
                        "hold 409 hold_conflict",
                        "hold 409 hold_released",
                        "release 200",
                        "read 200",
                        "wrong input 400 validation_failed");
        namesWhatIsBroken(ledger);
    }

    @ParameterizedTest
    @MethodSource("messageFaults")
    void messagesThatGoWrongHarmNobody(MessageFault fault) throws Exception {
        long seed = new Random().nextLong();
        long start = System.nanoTime();
        List<Violation> violations = fault.run(stack, new Random(seed));
        System.out.printf("%s: %.1f s%n", fault.name(), (System.nanoTime() - start) / 1e9);
        assertThat(violations).as("seed %d", seed).isEmpty();
    }

    static List<MessageFault> messageFaults() {
        return MessageFaults.all();
    }

    private List<Violation> check(Ledger ledger) throws SQLException, InterruptedException {
        return ledger.check(stack.gateway(), stack.tokens(), stack.ordersDatabase(), stack.paymentsDatabase());
    }

    private void namesWhatIsBroken(Ledger ledger) throws Exception {
        UUID user = ledger.users().getFirst();
        execute("update account set balance = balance + 0.01 where user_id = '" + user + "'");
        try {
            assertThat(check(ledger)).singleElement().satisfies(violation -> {
                assertThat(violation.invariant()).isEqualTo("I1");
                assertThat(violation.rows().getFirst()).contains(user.toString(), "0.01 off");
            });
        } finally {
            execute("update account set balance = balance - 0.01 where user_id = '" + user + "'");
        }
    }

    private void execute(String sql) throws SQLException {
        assertThat(stack.paymentsDatabase().update(sql)).isEqualTo(1);
    }
}
