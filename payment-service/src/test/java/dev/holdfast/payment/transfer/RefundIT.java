package dev.holdfast.payment.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class RefundIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 40);

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Database database;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void givesCapturedMoneyBackOnce() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        captures.on(List.of(OrderSide.request(user, order, "30")));
        bank.assertMoney(user, "70.00", "0.00");
        List<Response> answers = Parallel.run(10, i -> bank.refund(user, order));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.asString())
                    .isEqualTo("{\"status\":\"refunded\",\"order_id\":\"" + order + "\",\"amount\":30.00}");
        });
        assertThat(bank.transfers(order, "REFUND")).isEqualTo(1);
        bank.assertMoney(user, "100.00", "0.00");
    }

    @Test
    void refundsNothingThatWasNotCapturedFromThisUser() {
        UUID user = bank.account("100");
        UUID held = bank.held(user, "30");
        UUID captured = bank.held(user, "30");
        captures.on(List.of(OrderSide.request(user, captured, "30")));
        assertThat(bank.refund(user, held).statusCode()).isEqualTo(404);
        assertThat(bank.refund(bank.account("0"), captured).statusCode()).isEqualTo(404);
        assertThat(bank.refund(user, UUID.randomUUID()).jsonPath().getString("code"))
                .isEqualTo("capture_not_found");
    }

    @Test
    void givesPartsBackEachOnceUpToWhatWasCaptured() {
        UUID user = bank.account("100");
        UUID order = captured(user, "30");
        UUID refund = UUID.randomUUID();
        for (int again = 0; again < 3; again++) {
            Response answer = bank.refundPart(user, order, refund, "10");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.asString())
                    .isEqualTo("{\"status\":\"refunded\",\"order_id\":\"" + order + "\",\"amount\":10.00}");
        }
        bank.assertMoney(user, "80.00", "0.00");
        assertProblem(bank.refundPart(user, order, refund, "10.01"), 409, "refund_conflict");
        assertProblem(bank.refundPart(user, order, UUID.randomUUID(), "20.01"), 422, "refund_exceeds_captured");
        bank.refundPart(user, order, UUID.randomUUID(), "19.99").then().statusCode(200);
        // The rest of an order that was cancelled too late.
        assertThat(bank.refund(user, order).jsonPath().getString("amount")).isEqualTo("0.01");
        assertThat(bank.refund(user, order).jsonPath().getString("amount")).isEqualTo("0.01");
        assertProblem(bank.refundPart(user, order, UUID.randomUUID(), "0.01"), 422, "refund_exceeds_captured");
        bank.refundPart(user, order, refund, "10").then().statusCode(200);
        assertThat(bank.transfers(order, "REFUND")).isEqualTo(3);
        bank.assertMoney(user, "100.00", "0.00");
    }

    @Test
    void refundsInPartsNothingThatWasNotCapturedFromThisUser() {
        UUID user = bank.account("100");
        UUID order = captured(user, "30");
        for (Response answer : List.of(
                bank.refundPart(user, bank.held(user, "30"), UUID.randomUUID(), "1"),
                bank.refundPart(bank.account("0"), order, UUID.randomUUID(), "1"),
                bank.refundPart(user, UUID.randomUUID(), UUID.randomUUID(), "1"))) {
            assertProblem(answer, 404, "capture_not_found");
        }
        bank.assertMoney(user, "70.00", "30.00");
    }

    @Test
    void aRequestToCaptureIsConfirmedUntilAllIsGivenBackAndSoIsACancellationRefused() throws Exception {
        UUID user = bank.account("100");
        UUID order = captured(user, "30");
        bank.refundPart(user, order, UUID.randomUUID(), "29.99").then().statusCode(200);
        assertProblem(bank.cancel(user, order, "30"), 409, "hold_captured");
        try (OrderSide orders = OrderSide.open()) {
            captures.on(List.of(OrderSide.request(user, order, "30")));
            assertThat(orders.outcome(order)).isEqualTo("succeeded");
        }
        UUID whole = captured(user, "30");
        bank.refundPart(user, whole, UUID.randomUUID(), "10").then().statusCode(200);
        bank.refundPart(user, whole, UUID.randomUUID(), "20").then().statusCode(200);
        bank.cancel(user, whole, "30").then().statusCode(200);
        bank.assertMoney(user, "99.99", "0.00");
    }

    @Test
    void moneyForAClosedAccountArrivesAndLeavesItFrozen() {
        UUID user = bank.account("30");
        UUID order = captured(user, "30");
        bank.change(user, "close").then().statusCode(200);
        bank.refundPart(user, order, UUID.randomUUID(), "10").then().statusCode(200);
        bank.assertMoney(user, "10.00", "0.00");
        assertThat(bank.get(user).jsonPath().getString("status")).isEqualTo("FROZEN");
        bank.refundPart(user, order, UUID.randomUUID(), "20").then().statusCode(200);
        assertThat(bank.get(user).jsonPath().getString("status")).isEqualTo("FROZEN");
    }

    @Test
    void refundsAtTheSameTimeAreTogetherNoMoreThanWasCaptured() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            UUID user = bank.account("10");
            UUID order = captured(user, "10");
            List<UUID> ids = Stream.generate(UUID::randomUUID).limit(6).toList();
            List<Supplier<Response>> requests = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                UUID refund = ids.get(random.nextInt(ids.size()));
                String amount = Integer.toString(1 + ids.indexOf(refund));
                requests.add(
                        random.nextInt(6) == 0
                                ? () -> bank.refund(user, order)
                                : () -> bank.refundPart(user, order, refund, amount));
            }
            List<Response> answers = Parallel.run(12, i -> Bank.patiently(requests.get(i)));
            assertThat(answers)
                    .as(name)
                    .allSatisfy(answer -> assertThat(answer.statusCode())
                            .as(answer.asString())
                            .isIn(200, 422));
            BigDecimal booked = database.only(
                    "select coalesce(sum(amount), 0) from transfer where order_id = ? and kind = 'REFUND'",
                    row -> row.getBigDecimal(1),
                    order);
            assertThat(booked).as(name).isGreaterThan(BigDecimal.ZERO).isLessThanOrEqualTo(BigDecimal.TEN);
            bank.assertMoney(user, booked.setScale(2).toPlainString(), "0.00");
        }
    }

    private UUID captured(UUID user, String amount) {
        UUID order = bank.held(user, amount);
        captures.on(List.of(OrderSide.request(user, order, amount)));
        return order;
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
