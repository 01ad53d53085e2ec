package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Orders that are cancelled on request, while their payment is kept back or after it. */
@SystemTest
class CancellationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    private final StackUnderTest stack;
    private Saga saga;

    CancellationIT(StackUnderTest stack) {
        this.stack = stack;
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

    @ParameterizedTest
    @EnumSource
    void anOrderIsCancelledUntilItIsCharged(Door door) throws Exception {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = orderWithoutPayment(shop, user);
        Shop customer = shop.as(stack.tokens().customer(user));

        Answer cancelled = customer.cancelOrder(user, order).expect(200);

        assertThat(cancelled.text("status")).isEqualTo("CANCELLED");
        assertThat(cancelled.text("reason")).isEqualTo("cancelled_by_request");
        assertThat(cancelled.text("reason_text")).isEqualTo("ordered twice");
        shop.awaitAccount(user, "10.00", "0.00");

        saga.letThrough(Topology.PAYMENT_REQUESTS);
        stack.quiescence().await(DEADLINE);

        assertThat(shop.order(user, order).expect(200).body()).isEqualTo(cancelled.body());
        assertThat(customer.cancelOrder(user, order).expect(200).body()).isEqualTo(cancelled.body());
        assertThat(shop.post("/orders/" + order + "/cancel?user_id=" + user, "")
                        .expect(200)
                        .body())
                .isEqualTo(cancelled.body());
        shop.awaitAccount(user, "10.00", "0.00");
        shop.hold(user, order, "4.00").expectProblem(409, "hold_released");
        assertThat(stack.ordersDatabase().texts("select type from order_event where order_id = ? order by type", order))
                .containsExactly("CANCELLED", "RELEASED");
    }

    @ParameterizedTest
    @EnumSource
    void anOrderThatIsChargedIsNotCancelled(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");

        for (int i = 0; i < 2; i++) {
            shop.cancelOrder(user, order).expectProblem(409, "order_finished");
        }

        assertThat(shop.order(user, order).text("status")).isEqualTo("FINISHED");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    @Test
    void anOrderWhoseHoldHasExpiredIsCancelledForGood() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = orderWithoutPayment(shop, user);
        stack.paymentsDatabase()
                .update("update hold set expires_at = now() - interval '1 second' where order_id = ?", order);
        await().atMost(DEADLINE).until(() -> hold(order).equals(List.of("EXPIRED")));

        shop.cancelOrder(user, order).expect(200);

        assertThat(hold(order)).containsExactly("RELEASED");
        saga.letThrough(Topology.PAYMENT_REQUESTS);
        stack.quiescence().await(DEADLINE);
        assertThat(shop.order(user, order).text("status")).isEqualTo("CANCELLED");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void withPaymentsAwayNothingIsCancelledAndTheOrderIsChargedOrCancelledLater() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = orderWithoutPayment(shop, user);
        stack.paymentsProcess().kill();
        try {
            Answer refused = shop.cancelOrder(user, order).expectProblem(503, "payments_unavailable");
            assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
            assertThat(shop.order(user, order).text("status")).isEqualTo("NEW");
        } finally {
            stack.paymentsProcess().start();
        }
        shop.awaitAccount(user, "10.00", "4.00");
        await().atMost(DEADLINE).until(() -> shop.cancelOrder(user, order).status() == 200);
        assertThat(shop.order(user, order).text("reason_text")).isEqualTo("ordered twice");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void theAuditNamesWhoCancelled() throws Exception {
        Shop operator = Door.GATEWAY.open(stack);
        UUID user = operator.openAccount("10.00");
        UUID order = orderWithoutPayment(operator, user);

        operator.as(stack.tokens().customer(user)).cancelOrder(user, order).expect(200);

        JsonNode records = operator.get("/admin/orders/audit?object_id=" + order)
                .expect(200)
                .json();
        assertThat(records).hasSize(2).allSatisfy(record -> {
            assertThat(record.path("action").asText()).isEqualTo("cancel");
            assertThat(record.path("subject").asText()).isEqualTo(user.toString());
            assertThat(record.path("role").asText()).isEqualTo("customer");
            assertThat(record.path("proven").asBoolean()).isTrue();
        });
        assertThat(records.findValuesAsText("result")).containsExactly("DONE", "STARTED");
        assertThat(operator.get("/admin/payments/audit?object_id=" + order)
                        .expect(200)
                        .json())
                .isEmpty();
    }

    /** An order of 4.00 whose request for payment is kept back. */
    private UUID orderWithoutPayment(Shop shop, UUID user) throws Exception {
        saga.keepBack(Topology.PAYMENT_REQUESTS);
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        await().atMost(DEADLINE).until(() -> saga.keptBack(order) == 1);
        return order;
    }

    private List<String> hold(UUID order) throws Exception {
        return stack.paymentsDatabase().texts("select status from hold where order_id = ?", order);
    }
}
