package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Violation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The checker itself: what is broken by hand is named, and nothing else is. */
@SystemTest
class InvariantsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private final StackUnderTest stack;
    private final Shop shop;

    InvariantsIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @Test
    void namesAnAccountWhoseBalanceIsNotTheSumOfItsTransfers() throws Exception {
        UUID user = shop.openAccount("10.00");

        assertThat(violationsWhile(
                        stack.paymentsDatabase(),
                        "update account set balance = balance + 0.01 where user_id = '%s'".formatted(user),
                        "update account set balance = balance - 0.01 where user_id = '%s'".formatted(user)))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.invariant()).isEqualTo("I1");
                    assertThat(violation.count()).isEqualTo(1);
                    assertThat(violation.rows().getFirst()).contains(user.toString(), "10.01");
                });
    }

    @Test
    void namesAFinishedOrderWhoseHoldIsStillOpen() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = finishedOrder(user);

        assertThat(violationsWhile(
                        stack.paymentsDatabase(),
                        "update hold set status = 'HELD' where order_id = '%s'".formatted(order),
                        "update hold set status = 'CAPTURED' where order_id = '%s'".formatted(order)))
                .extracting(Violation::invariant)
                .containsOnly("I1", "I3", "I4");
    }

    @Test
    void namesAnEventThatWasSentAndNeverApplied() throws Exception {
        UUID order = finishedOrder(shop.openAccount("10.00"));
        String event;
        try (Saga saga = new Saga(stack)) {
            event = saga.requestOf(order).eventId().toString();
        }

        assertThat(violationsWhile(
                        stack.paymentsDatabase(),
                        "delete from inbox where event_id = '%s'".formatted(event),
                        "insert into inbox (event_id) values ('%s')".formatted(event)))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.invariant()).isEqualTo("I5");
                    assertThat(violation.rows().getFirst()).contains(event, order.toString());
                });
    }

    private UUID finishedOrder(UUID user) throws InterruptedException {
        UUID order = shop.placeOrder(user, "1.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        stack.quiescence().await(DEADLINE);
        return order;
    }

    private List<Violation> violationsWhile(Database database, String broken, String mended) throws Exception {
        execute(database, broken);
        try {
            return stack.invariants().check();
        } finally {
            execute(database, mended);
        }
    }

    private static void execute(Database database, String sql) throws SQLException {
        assertThat(database.update(sql)).isEqualTo(1);
    }
}
