package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentFailed;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever gets the account's lock first wins, the cancellation of an order or its capture. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class CancellationIT {
    /** What a cancellation may find, and what follows: its answer, and what the next request to capture is told. */
    private enum Found {
        HELD(200, "RELEASED", "hold_released"),
        EXPIRED(200, "RELEASED", "hold_released"),
        RELEASED(200, "RELEASED", "hold_released"),
        CAPTURED(409, "CAPTURED", "succeeded"),
        REFUNDED(200, "CAPTURED", "hold_released"),
        CAPTURED_AND_REMOVED(409, "none", "succeeded"),
        /** Never held, expired and removed, or held after the moment to which the database was restored. */
        NOTHING(200, "RELEASED", "hold_released"),
        OF_ANOTHER_USER(200, "HELD", "hold_mismatch"),
        OF_A_CLIENT(200, "RELEASED", "hold_mismatch");

        private final int answer;
        private final String holdAfterwards;
        private final String nextCapture;

        Found(int answer, String holdAfterwards, String nextCapture) {
            this.answer = answer;
            this.holdAfterwards = holdAfterwards;
            this.nextCapture = nextCapture;
        }
    }

    private static final int RACES = Integer.getInteger("holdfast.races", 60);
    /** How much later than the cancellations a capture may be asked for. */
    private static final int LATER_MILLIS_MAX = 20;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Database database;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message; for more races: -Dholdfast.races=…. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @ParameterizedTest
    @EnumSource
    void answersTheSameAgainAndKeepsItsWordToTheNextRequest(Found found) throws Exception {
        UUID user = bank.account("10");
        UUID order = prepare(found, user);

        for (int i = 0; i < 2; i++) {
            Response answer = bank.cancel(user, order, "4");
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(found.answer);
            assertThat(answer.asString())
                    .contains(found.answer == 200 ? "\"status\":\"cancelled\"" : "\"code\":\"hold_captured\"");
            assertThat(bank.holdStatus(order)).isEqualTo(found.holdAfterwards);
        }
        try (OrderSide orders = OrderSide.open()) {
            int before = bank.transfers(order, "CAPTURE");
            orders.publish(OrderSide.request(user, order, "4"));
            PaymentEvent last = orders.results(order, before + 1).getLast();
            assertThat(last instanceof PaymentFailed failed ? failed.reason().wireName() : "succeeded")
                    .isEqualTo(found.nextCapture);
        }
        assertThat(bank.holdStatus(order)).isEqualTo(found.holdAfterwards);
        boolean paid = found.nextCapture.equals("succeeded");
        bank.assertMoney(user, paid ? "6.00" : "10.00", "0.00");
        if (found.holdAfterwards.equals("RELEASED")) {
            assertThat(bank.hold(user, order, "4").jsonPath().getString("code")).isEqualTo("hold_released");
        }
    }

    @Test
    void aUserWithoutAnAccountHasNothingToCapture() throws Exception {
        UUID nobody = UUID.randomUUID();
        UUID order = UUID.randomUUID();
        assertThat(bank.cancel(nobody, order, "4").statusCode()).isEqualTo(200);
        try (OrderSide orders = OrderSide.open()) {
            orders.publish(OrderSide.request(nobody, order, "4"));
            assertThat(orders.outcome(order)).isEqualTo("hold_not_found");
        }
    }

    @Test
    void anOrderThatIsHeldOnlyAfterItsCancellationGetsNothing() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        bank.cancel(user, order, "4").then().statusCode(200);
        Response late = bank.post(
                "/internal/holds?outcomes=true",
                "{\"holds\": [{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 4}]}".formatted(order, user));
        assertThat(late.jsonPath().getString("not_taken.'" + order + "'")).isEqualTo("hold_released");
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void waitsForAnAccountThatIsLockedAndAsksToTryAgainWhereItStaysSo() throws Exception {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        try (AutoCloseable locked = bank.lock(List.of(user))) {
            Response answer = bank.cancel(user, order, "4");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
        }
        assertThat(bank.holdStatus(order)).isEqualTo("HELD");
        bank.cancel(user, order, "4").then().statusCode(200);
    }

    @Test
    void asksToTryAgainWhereOnlyANewerVersionKnowsTheStatus() throws Exception {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        try (AutoCloseable newer = bank.statusOfNewerVersion(order)) {
            assertThat(bank.cancel(user, order, "4").statusCode()).isEqualTo(503);
        }
        bank.cancel(user, order, "4").then().statusCode(200);
    }

    @Test
    void leavesNoRecordInTheAudit() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        bank.cancel(user, order, "4").then().statusCode(200);
        assertThat(database.query("select id from audit_record where object_id = ?", row -> row.getString(1), order))
                .isEmpty();
    }

    @Test
    void racesOfCancellationsCapturesAndExpiryHaveOneOfTwoOutcomes() throws Exception {
        Random random = new Random(seed);
        int cancelled = 0;
        for (int race = 0; race < RACES; race++) {
            UUID user = bank.account("4");
            UUID order = bank.held(user, "4");
            if (random.nextInt(3) == 0) {
                bank.expire(order);
            }
            int first = random.nextInt(4);
            // A cancellation has a longer way to the account's lock.
            Duration later = Duration.ofMillis(random.nextInt(LATER_MILLIS_MAX));
            List<Integer> answers = Parallel.run(4, i -> {
                if (i == first) {
                    LockSupport.parkNanos(later.toNanos());
                    captures.on(List.of(OrderSide.request(user, order, "4"), OrderSide.request(user, order, "4")));
                    return 0;
                }
                return Bank.patiently(() -> bank.cancel(user, order, "4")).statusCode();
            });
            // Where the account was locked at that moment, the broker would deliver the request again.
            captures.on(List.of(OrderSide.request(user, order, "4")));
            boolean captured = bank.transfers(order, "CAPTURE") == 1;
            assertThat(answers.stream().filter(status -> status != 0))
                    .as("race %d of seed %d", race, seed)
                    .hasSize(3)
                    .containsOnly(captured ? 409 : 200);
            assertThat(bank.holdStatus(order)).isEqualTo(captured ? "CAPTURED" : "RELEASED");
            bank.assertMoney(user, captured ? "0.00" : "4.00", "0.00");
            cancelled += captured ? 0 : 1;
        }
        System.out.printf("Seed %d: %d of %d races were cancelled%n", seed, cancelled, RACES);
        assertThat(cancelled).as("races of seed %d", seed).isBetween(1, RACES - 1);
    }

    private UUID prepare(Found found, UUID user) {
        return switch (found) {
            case HELD -> bank.held(user, "4");
            case EXPIRED -> {
                UUID order = bank.held(user, "4");
                bank.expire(order);
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> bank.holdStatus(order).equals("EXPIRED"));
                yield order;
            }
            case RELEASED -> {
                UUID order = bank.held(user, "4");
                bank.release(user, order).then().statusCode(200);
                yield order;
            }
            case CAPTURED -> captured(user);
            case REFUNDED -> {
                UUID order = captured(user);
                bank.refund(user, order).then().statusCode(200);
                yield order;
            }
            case CAPTURED_AND_REMOVED -> {
                UUID order = captured(user);
                database.update("delete from hold where order_id = ?", order);
                yield order;
            }
            case NOTHING -> UUID.randomUUID();
            case OF_ANOTHER_USER -> bank.held(bank.account("10"), "4");
            case OF_A_CLIENT -> {
                UUID order = UUID.randomUUID();
                bank.hold(user, order, "4").then().statusCode(200);
                yield order;
            }
        };
    }

    private UUID captured(UUID user) {
        UUID order = bank.held(user, "4");
        captures.on(List.of(OrderSide.request(user, order, "4")));
        assertThat(bank.holdStatus(order)).isEqualTo("CAPTURED");
        return order;
    }
}
