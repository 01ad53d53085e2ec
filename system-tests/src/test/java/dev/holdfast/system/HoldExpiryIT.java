package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SystemTest
class HoldExpiryIT {
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private final StackUnderTest stack;
    private final Shop shop;
    private Saga saga;

    HoldExpiryIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @BeforeEach
    void connect() throws Exception {
        saga = new Saga(stack);
    }

    @AfterEach
    void letEverythingThrough() throws Exception {
        saga.letThrough(Topology.PAYMENT_REQUESTS);
        saga.close();
    }

    @Test
    void anExpiredHoldFreesItsMoneyAndIsTakenAnewByTheSameRequest() {
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "10.00", 1).expect(200);
        shop.hold(user, UUID.randomUUID(), "1.00").expectProblem(402, "insufficient_funds");

        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(
                        () -> assertThat(shop.account(user).amount("available")).isEqualByComparingTo("10.00"));
        shop.hold(user, order, "10.00", 60).expect(200);

        shop.awaitAccount(user, "10.00", "10.00");
        shop.release(user, order).expect(200);
    }

    @Test
    void theSweepEndsExpiredHolds() {
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "4.00", 1).expect(200);

        await().atMost(DEADLINE)
                .until(() -> stack.paymentsDatabase()
                        .texts("select status from hold where order_id = ?", order)
                        .equals(List.of("EXPIRED")));

        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void aPaymentAfterExpiryTakesTheMoneyIfItIsStillThere() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = orderWithExpiredHold(user, "10.00");

        saga.letThrough(Topology.PAYMENT_REQUESTS);

        shop.awaitStatus(user, order, "FINISHED");
        shop.awaitAccount(user, "0.00", "0.00");
    }

    @Test
    void aPaymentAfterExpiryFailsIfTheMoneyIsReservedForAnother() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = orderWithExpiredHold(user, "10.00");
        UUID other = UUID.randomUUID();
        shop.hold(user, other, "1.00").expect(200);

        saga.letThrough(Topology.PAYMENT_REQUESTS);

        shop.awaitStatus(user, order, "CANCELLED");
        assertThat(shop.order(user, order).text("reason")).isEqualTo("insufficient_funds");
        shop.awaitAccount(user, "10.00", "1.00");
        shop.release(user, other).expect(200);
    }

    /** An order whose request for payment is kept back until its hold has expired. */
    private UUID orderWithExpiredHold(UUID user, String amount) throws Exception {
        saga.keepBack(Topology.PAYMENT_REQUESTS);
        UUID order = shop.placeOrder(user, amount).expect(201).id();
        await().atMost(DEADLINE).until(() -> saga.keptBack(order) == 1);
        assertThat(stack.paymentsDatabase()
                        .update("update hold set expires_at = now() - interval '1 second' where order_id = ?", order))
                .isEqualTo(1);
        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(shop.account(user).amount("held")).isEqualByComparingTo("0.00"));
        return order;
    }
}
