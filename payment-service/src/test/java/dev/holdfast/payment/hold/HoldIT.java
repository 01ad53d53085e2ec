package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class HoldIT {
    @Inject
    Bank bank;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void reservesMoneyForTwoMinutesUnlessToldOtherwise() {
        UUID user = bank.account("100");
        UUID order = UUID.randomUUID();
        Response answer = bank.hold(user, order, "30");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.asString()).contains("\"status\":\"held\"", "\"amount\":30.00", order.toString());
        assertThat(expiry(answer)).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(121));
        assertThat(expiry(bank.hold(user, UUID.randomUUID(), "1", 604_800)))
                .isBetween(
                        Duration.ofDays(7).minusMinutes(1), Duration.ofDays(7).plusSeconds(1));
        bank.assertMoney(user, "100.00", "31.00");
    }

    @Test
    void givesExactlyWhatIsThereToTwoHundredParallelHolds() throws Exception {
        UUID user = bank.account("100");
        List<Integer> statuses = Parallel.run(200, i -> {
            UUID order = UUID.randomUUID();
            return Bank.patiently(() -> bank.hold(user, order, "1")).statusCode();
        });
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(100);
        assertThat(statuses.stream().filter(status -> status == 402)).hasSize(100);
        bank.assertMoney(user, "100.00", "100.00");
    }

    @Test
    void neverTakesContentionForMissingMoney() throws Exception {
        UUID user = bank.account("50");
        // At most 50 threads hold 1 at a time: there is money for each of them always.
        List<Integer> statuses = Parallel.run(400, i -> {
            UUID order = UUID.randomUUID();
            int held = Bank.patiently(() -> bank.hold(user, order, "1")).statusCode();
            if (i % 4 == 0) {
                Bank.patiently(() -> bank.deposit(user, "0.01")).then().statusCode(200);
            }
            Bank.patiently(() -> bank.release(user, order)).then().statusCode(200);
            return held;
        });
        assertThat(statuses).containsOnly(200);
        bank.assertMoney(user, "51.00", "0.00");
    }

    @Test
    void answersTheSameHoldTheSameAndTakesItOnce() throws Exception {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        List<String> answers =
                Parallel.run(20, i -> bank.hold(user, order, "10").asString());
        assertThat(answers).allMatch(answer -> answer.equals(answers.getFirst()));
        assertThat(bank.hold(user, order, "10.0").asString()).isEqualTo(answers.getFirst());
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void refusesAnotherHoldForTheSameOrder() {
        UUID user = bank.account("10");
        UUID other = bank.account("10");
        UUID order = bank.held(user, "5");
        assertProblem(bank.hold(user, order, "6"), 409, "hold_conflict");
        assertProblem(bank.hold(other, order, "5"), 409, "hold_conflict");
        assertProblem(bank.hold(UUID.randomUUID(), order, "5"), 404, "account_not_found");
        bank.assertMoney(user, "10.00", "5.00");
        bank.assertMoney(other, "10.00", "0.00");
    }

    @Test
    void letsOneOfTwoUsersHaveTheOrder() throws Exception {
        List<UUID> users = List.of(bank.account("10"), bank.account("10"));
        UUID order = UUID.randomUUID();
        List<Integer> statuses =
                Parallel.run(20, i -> bank.hold(users.get(i % 2), order, "1").statusCode());
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(10);
        assertThat(statuses.stream().filter(status -> status == 409)).hasSize(10);
    }

    @Test
    void refusesAHoldLargerThanTheAvailableBalance() {
        UUID user = bank.account("10");
        bank.held(user, "9.99");
        assertProblem(bank.hold(user, UUID.randomUUID(), "0.02"), 402, "insufficient_funds");
        assertThat(bank.hold(user, UUID.randomUUID(), "0.01").statusCode()).isEqualTo(200);
    }

    @Test
    void countsAnExpiredHoldNoMoreAndTakesItAnew() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        Response first = bank.hold(user, order, "10");
        bank.expire(order);
        bank.assertMoney(user, "10.00", "0.00");
        Response anew = bank.hold(user, order, "10");
        assertThat(anew.statusCode()).isEqualTo(200);
        assertThat(Instant.parse(anew.jsonPath().getString("expires_at")))
                .isAfter(Instant.parse(first.jsonPath().getString("expires_at")));
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void usesTheRoomOfAnExpiredHoldForAnother() {
        UUID user = bank.account("10");
        UUID expired = bank.held(user, "10");
        bank.expire(expired);
        bank.held(user, "7");
        assertThat(bank.holdStatus(expired)).isEqualTo("EXPIRED");
        assertProblem(bank.hold(user, expired, "10"), 402, "insufficient_funds");
        bank.assertMoney(user, "10.00", "7.00");
    }

    @Test
    void releasesOnceAndAnswersTheSameAfterwards() throws Exception {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        assertThat(Parallel.run(20, i -> bank.release(user, order).asString()))
                .containsOnly("{\"status\":\"released\"}");
        bank.assertMoney(user, "10.00", "0.00");
        assertProblem(bank.hold(user, order, "10"), 409, "hold_released");
    }

    @Test
    void releasesAnExpiredHoldForGood() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        bank.expire(order);
        bank.held(user, "10");
        assertThat(bank.release(user, order).statusCode()).isEqualTo(200);
        assertThat(bank.holdStatus(order)).isEqualTo("RELEASED");
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void releasesNothingThatIsNotTheUsers() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        assertProblem(bank.release(user, UUID.randomUUID()), 404, "hold_not_found");
        assertProblem(bank.release(bank.account("10"), order), 404, "hold_not_found");
        assertProblem(bank.release(UUID.randomUUID(), order), 404, "hold_not_found");
        assertThat(bank.holdStatus(order)).isEqualTo("HELD");
    }

    @Test
    void asksToTryAgainWhereOnlyANewerVersionKnowsTheStatus() throws Exception {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "5");
        try (AutoCloseable newer = bank.statusOfNewerVersion(order)) {
            assertProblem(bank.hold(user, order, "5"), 503, "overloaded");
            assertProblem(bank.release(user, order), 503, "overloaded");
            assertThat(Hold.<Hold>findById(order).status()).isEqualTo(HoldStatus.UNKNOWN);
            assertThat(bank.get(user).statusCode()).isEqualTo(200);
            assertThat(bank.post("/internal/reconciliation/orders/by-id", "{\"ids\": [\"" + order + "\"]}")
                            .statusCode())
                    .isEqualTo(200);
        }
        bank.assertMoney(user, "10.00", "5.00");
    }

    private static Duration expiry(Response hold) {
        return Duration.between(Instant.now(), Instant.parse(hold.jsonPath().getString("expires_at")));
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
