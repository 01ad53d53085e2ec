package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Orders that are charged when somebody asks for it, and their ends. */
@SystemTest
class AuthorizationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    /** The grace, the pause between two sweeps, and some time. */
    private static final Duration SWEPT = Duration.ofSeconds(90);

    private final StackUnderTest stack;

    AuthorizationIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void anOrderIsChargedWhatIsCapturedAndTheRestIsFree(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        Shop customer = shop.as(stack.tokens().customer(user));
        Answer placed = customer.authorizeOrder(user, "4.00", "Idempotency-Key", "later")
                .expect(201);
        UUID order = placed.id();
        assertThat(placed.text("status")).isEqualTo("AUTHORIZED");
        assertThat(Instant.parse(placed.text("authorized_until")))
                .isAfter(Instant.now().plus(Duration.ofDays(7)).minus(Duration.ofMinutes(5)));
        shop.awaitAccount(user, "10.00", "4.00");
        customer.captureOrder(user, order, "{}").expectProblem(403, "forbidden");
        shop.captureOrder(user, order, "{\"amount\":4.01}").expectProblem(422, "capture_exceeds_held");

        Answer captured = shop.captureOrder(user, order, "{\"amount\":1.50}", "Idempotency-Key", "capture")
                .expect(202);
        assertThat(captured.text("status")).isEqualTo("NEW");
        shop.awaitStatus(user, order, "FINISHED");
        shop.awaitAccount(user, "8.50", "0.00");

        Answer again = shop.captureOrder(user, order, "{\"amount\":1.50}", "Idempotency-Key", "capture")
                .expect(202);
        assertThat(again.text("status")).isEqualTo("FINISHED");
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        shop.captureOrder(user, order, "{}").expectProblem(409, "order_not_authorized");
        assertThat(customer.authorizeOrder(user, "4.00", "Idempotency-Key", "later")
                        .expect(201)
                        .body())
                .isEqualTo(placed.body());
        Answer shown = customer.order(user, order).expect(200);
        assertThat(shown.amount("amount")).isEqualByComparingTo("4.00");
        assertThat(shown.amount("captured")).isEqualByComparingTo("1.50");
        shop.refundOrder(user, order, "{\"amount\":1.51}").expectProblem(422, "refund_exceeds_captured");
        shop.refundOrder(user, order, "{}").expect(201);
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void anAuthorizedOrderIsCancelledOnRequestAndWaitsForThatWithoutEnd() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.authorizeOrder(user, "4.00").expect(201).id();
        stack.quiescence().await(DEADLINE);
        assertThat(stack.invariants().check()).isEmpty();
        assertThat(shop.cancelOrder(user, order).expect(200).text("reason")).isEqualTo("cancelled_by_request");
        shop.awaitAccount(user, "10.00", "0.00");
        shop.captureOrder(user, order, "{}").expectProblem(409, "order_not_authorized");
    }

    @Test
    void anOrderThatNobodyCapturesIsCancelledWhenItsTimeIsOver() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.authorizeOrder(user, "4.00").expect(201).id();
        stack.superuserDatabase()
                .named("orders")
                .update("update orders set authorized_until = now() where id = ?", order);
        shop.captureOrder(user, order, "{}").expectProblem(409, "order_not_authorized");
        await().atMost(SWEPT).until(() -> shop.order(user, order).text("status").equals("CANCELLED"));
        assertThat(shop.order(user, order).text("reason")).isEqualTo("hold_expired");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @Test
    void aCaptureSurvivesTheDeathOfTheServiceAndTheExpiryOfItsHold() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.authorizeOrder(user, "4.00").expect(201).id();
        UUID expired = shop.authorizeOrder(user, "5.00").expect(201).id();
        stack.paymentsDatabase()
                .update("update hold set expires_at = now() - interval '1 second' where order_id = ?", expired);
        await().atMost(DEADLINE)
                .until(() -> stack.paymentsDatabase()
                        .texts("select status from hold where order_id = ?", expired)
                        .equals(List.of("EXPIRED")));
        try (Saga saga = new Saga(stack)) {
            saga.keepBack(Topology.PAYMENT_REQUESTS);
            try {
                shop.captureOrder(user, order, "{\"amount\":3}").expect(202);
                shop.captureOrder(user, expired, "{}").expect(202);
                stack.ordersReplicas().getFirst().kill();
                stack.ordersReplicas().getFirst().start();
            } finally {
                saga.letThrough(Topology.PAYMENT_REQUESTS);
            }
        }
        shop.awaitStatus(user, order, "FINISHED");
        shop.awaitStatus(user, expired, "FINISHED");
        shop.awaitAccount(user, "2.00", "0.00");
    }

    @Test
    void capturesAndCancellationsAtOnceHaveOneOfTwoOutcomes() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        int races = Integer.getInteger("holdfast.races", 40);
        int finished = 0;
        for (int race = 0; race < races; race++) {
            UUID user = shop.openAccount("4.00");
            UUID order = shop.authorizeOrder(user, "4.00").expect(201).id();
            int later = race;
            List<Answer> answers = Shop.inParallel(
                    3,
                    i -> i == later % 3
                            ? shop.cancelOrder(user, order)
                            : shop.captureOrder(user, order, "{\"amount\":1}", "Idempotency-Key", "key-" + i));
            stack.quiescence().await(DEADLINE);
            String status = shop.order(user, order).text("status");
            boolean paid = status.equals("FINISHED");
            finished += paid ? 1 : 0;
            Answer cancelled = answers.get(later % 3);
            assertThat(cancelled.status()).as("%s: %s", status, cancelled).isEqualTo(paid ? 409 : 200);
            assertThat(status).isIn("FINISHED", "CANCELLED");
            assertThat(answers.stream().filter(answer -> answer.status() == 202).count())
                    .isLessThanOrEqualTo(1);
            shop.awaitAccount(user, paid ? "3.00" : "4.00", "0.00");
        }
        System.out.printf("%d of %d orders were captured, the others cancelled%n", finished, races);
    }
}
