package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Orders whose money is given back on request, in parts and whole. */
@SystemTest
class RefundIT {
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    private final StackUnderTest stack;

    RefundIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void aPaidOrderIsGivenBackInPartsAndNoMoreThanWasPaid(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = paidOrder(shop, user);
        Shop customer = shop.as(stack.tokens().customer(user));

        Answer part = shop.refundOrder(
                        user, order, "{\"amount\":1.50,\"reason\":\"broken\"}", "Idempotency-Key", "first")
                .expect(201);
        assertThat(part.text("status")).isEqualTo("DONE");
        Answer again = shop.refundOrder(
                        user, order, "{\"amount\":1.50,\"reason\":\"broken\"}", "Idempotency-Key", "first")
                .expect(201);
        assertThat(again.body()).isEqualTo(part.body());
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        shop.awaitAccount(user, "7.50", "0.00");
        Answer rest = shop.refundOrder(user, order, "{}").expect(201);
        assertThat(rest.amount("amount")).isEqualByComparingTo("2.50");

        shop.refundOrder(user, order, "{\"amount\":0.01}").expectProblem(422, "refund_exceeds_captured");
        shop.refundOrder(user, order, "{\"amount\":2}", "Idempotency-Key", "first")
                .expectProblem(422, "idempotency_key_reused");
        customer.refundOrder(user, order, "{}").expectProblem(403, "forbidden");
        assertThat(customer.get("/orders/" + order + "/refunds?user_id=" + user)
                        .expect(200)
                        .json())
                .extracting(refund -> refund.path("id").asText())
                .containsExactly(rest.text("id"), part.text("id"));
        Answer shown = customer.order(user, order).expect(200);
        assertThat(shown.text("status")).isEqualTo("FINISHED");
        assertThat(shown.amount("captured")).isEqualByComparingTo("4.00");
        assertThat(shown.amount("refunded")).isEqualByComparingTo("4.00");
        shop.awaitAccount(user, "10.00", "0.00");
        JsonNode statement =
                customer.get("/accounts/" + user + "/transfers").expect(200).json();
        assertThat(statement)
                .extracting(line -> line.path("kind").asText())
                .containsExactly("REFUND", "REFUND", "CAPTURE", "DEPOSIT");
        shop.cancelOrder(user, order).expectProblem(409, "order_finished");
    }

    @Test
    void anOrderThatIsNotPaidOrIsAnothersIsNotRefunded() {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID stranger = shop.openAccount("10.00");
        UUID order = paidOrder(shop, user);
        shop.refundOrder(stranger, order, "{}").expectProblem(404, "order_not_found");
        shop.as(stack.tokens().customer(stranger))
                .get("/orders/" + order + "/refunds?user_id=" + user)
                .expectProblem(404, "order_not_found");
        UUID waiting = shop.placeOrder(user, "1.00").expect(201).id();
        Answer early = shop.refundOrder(user, waiting, "{}");
        // Mostly it is paid by then.
        assertThat(early.status()).as("%s", early).isIn(201, 409);
        if (early.status() == 409) {
            assertThat(early.text("code")).isEqualTo("order_not_finished");
        }
    }

    @Test
    void withPaymentsAwayARefundIsPendingAndIsBookedOnceItIsBack() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = paidOrder(shop, user);
        UUID refund;
        stack.paymentsProcess().kill();
        try {
            Answer pending = shop.refundOrder(user, order, "{\"amount\":3}", "Idempotency-Key", "away")
                    .expect(201);
            assertThat(pending.text("status")).isEqualTo("PENDING");
            refund = pending.id();
            shop.refundOrder(user, order, "{\"amount\":1.01}").expectProblem(422, "refund_exceeds_captured");
        } finally {
            stack.paymentsProcess().start();
        }
        shop.awaitAccount(user, "9.00", "0.00");
        await().atMost(DEADLINE)
                .untilAsserted(
                        () -> assertThat(shop.refundOrder(user, order, "{\"amount\":3}", "Idempotency-Key", "away")
                                        .expect(201)
                                        .text("status"))
                                .isEqualTo("DONE"));
        assertThat(stack.paymentsDatabase().texts("select amount from transfer where refund_id = ?", refund))
                .isEqualTo(List.of("3.00"));
    }

    @Test
    void theAuditsOfBothServicesNameTheRefund() {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = paidOrder(shop, user);
        shop.as(stack.tokens().backend())
                .refundOrder(user, order, "{\"amount\":1}")
                .expect(201);
        for (String service : List.of("orders", "payments")) {
            JsonNode records = shop.get("/admin/" + service + "/audit?action=refund&object_id=" + order)
                    .expect(200)
                    .json();
            assertThat(records).as(service).hasSize(1).allSatisfy(record -> {
                assertThat(record.path("result").asText()).isEqualTo("DONE");
                assertThat(record.path("role").asText()).isEqualTo(service.equals("orders") ? "backend" : "service");
                assertThat(record.path("details").path("amount").asText()).isEqualTo("1.00");
                assertThat(record.path("proven").asBoolean()).isTrue();
            });
        }
    }

    private static UUID paidOrder(Shop shop, UUID user) {
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        return order;
    }
}
