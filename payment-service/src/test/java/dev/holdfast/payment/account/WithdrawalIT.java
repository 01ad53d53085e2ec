package dev.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class WithdrawalIT {
    @Inject
    Bank bank;

    @Inject
    Database database;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void takesMoneyBackToWhereItCameFrom() {
        UUID user = bank.account("100.10");
        Response answer = bank.withdraw(user, "0.1");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.asString())
                .contains(user.toString(), "\"balance\":100.00,", "\"held\":0.00,", "\"available\":100.00,");
        bank.withdraw(user, "1e2").then().statusCode(200);
        bank.assertMoney(user, "0.00", "0.00");
        assertThat(database.query(
                        "select kind || ' ' || credit_account from transfer where debit_account = ?",
                        row -> row.getString(1),
                        user))
                .containsOnly("WITHDRAWAL " + OutsideAccounts.FUNDING)
                .hasSize(2);
        assertProblem(bank.withdraw(user, "0.01"), 402, "insufficient_funds");
        assertProblem(bank.withdraw(UUID.randomUUID(), "1"), 404, "account_not_found");
    }

    @Test
    void takesNothingOfWhatIsHeld() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        assertProblem(bank.withdraw(user, "6.01"), 402, "insufficient_funds");
        assertThat(bank.withdraw(user, "6").asString()).contains("\"balance\":4.00,", "\"available\":0.00,");
        assertProblem(bank.withdraw(user, "0.01"), 402, "insufficient_funds");
        bank.release(user, order).then().statusCode(200);
        bank.withdraw(user, "4").then().statusCode(200);
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void usesTheRoomOfHoldsThatHaveExpiredSweptOrNot() {
        UUID user = bank.account("10");
        UUID expired = bank.held(user, "4");
        UUID held = bank.held(user, "5");
        bank.expire(expired);
        assertProblem(bank.withdraw(user, "5.01"), 402, "insufficient_funds");
        assertThat(bank.withdraw(user, "5").asString()).contains("\"balance\":5.00,", "\"held\":5.00,");
        assertThat(bank.holdStatus(expired)).isEqualTo("EXPIRED");
        assertThat(bank.holdStatus(held)).isEqualTo("HELD");
        assertProblem(bank.hold(user, expired, "4"), 402, "insufficient_funds");
        bank.assertMoney(user, "5.00", "5.00");
    }

    @Test
    void withdrawsOnceForOneIdempotencyKeyAndReplaysTheFirstAnswer() {
        UUID user = bank.account("20");
        Response first = bank.withdraw(user, "10", "key-1");
        bank.withdraw(user, "5").then().statusCode(200);
        Response second = bank.withdraw(user, "10.00", "key-1");
        assertThat(first.header("Idempotency-Replayed")).isNull();
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.asString()).isEqualTo(first.asString()).contains("\"balance\":10.00");
        assertProblem(bank.withdraw(user, "11", "key-1"), 422, "idempotency_key_reused");
        bank.assertMoney(user, "5.00", "0.00");
    }

    @Test
    void isNeverTakenForADepositOfTheSameKeyAndAmount() {
        UUID user = bank.account("20");
        bank.withdraw(user, "3", "out").then().statusCode(200);
        assertProblem(bank.deposit(user, "3", "out"), 422, "idempotency_key_reused");
        bank.deposit(user, "4", "in").then().statusCode(200);
        assertProblem(bank.withdraw(user, "4", "in"), 422, "idempotency_key_reused");
        assertThat(bank.deposit(user, "4", "in").header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(bank.withdraw(user, "3", "out").header("Idempotency-Replayed"))
                .isEqualTo("true");
        bank.assertMoney(user, "21.00", "0.00");
    }

    @Test
    void knowsTheKeysOfDepositsByReplicasOfTheVersionBefore() {
        UUID user = bank.account("20");
        database.update("""
                insert into idempotency_key (user_id, key, fingerprint, answer, created_at)
                values (?, 'old', '3', '{"by": "the version before"}', now())
                """, user);
        assertThat(bank.deposit(user, "3.00", "old").asString()).isEqualTo("{\"by\": \"the version before\"}");
        assertProblem(bank.withdraw(user, "3", "old"), 422, "idempotency_key_reused");

        // What such a replica will find of ours: the amount of a deposit alone, and of a withdrawal no amount.
        bank.deposit(user, "5.00", "deposited").then().statusCode(200);
        bank.withdraw(user, "5.00", "withdrawn").then().statusCode(200);
        assertThat(database.query(
                        "select key || ': ' || fingerprint from idempotency_key where user_id = ? order by key",
                        row -> row.getString(1),
                        user))
                .containsExactly("deposited: 5", "old: 3", "withdrawn: withdraw 5");
        bank.assertMoney(user, "20.00", "0.00");
    }

    @Test
    void letsAKeyBeUsedAgainWhoseWithdrawalWasRefused() {
        UUID user = bank.account("1");
        assertProblem(bank.withdraw(user, "2", "early"), 402, "insufficient_funds");
        bank.deposit(user, "1").then().statusCode(200);
        Response later = bank.withdraw(user, "2", "early");
        assertThat(later.statusCode()).isEqualTo(200);
        assertThat(later.header("Idempotency-Replayed")).isNull();
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void withdrawsOnceForFiftyParallelRequestsWithOneKey() throws Exception {
        UUID user = bank.account("100");
        List<Response> answers = Parallel.run(50, i -> bank.withdraw(user, "7", "parallel"));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 409));
        assertThat(answers).anySatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
        assertThat(bank.withdraw(user, "7", "parallel").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "93.00", "0.00");
    }

    @Test
    void lettingOneKeyBeDepositAndWithdrawalAtOnceDoesOneOfThem() throws Exception {
        UUID user = bank.account("50");
        List<Response> answers =
                Parallel.run(40, i -> i % 2 == 0 ? bank.withdraw(user, "7", "both") : bank.deposit(user, "7", "both"));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 409, 422));
        boolean withdrawn = bank.withdraw(user, "7", "both").statusCode() == 200;
        assertThat(bank.deposit(user, "7", "both").statusCode()).isEqualTo(withdrawn ? 422 : 200);
        bank.assertMoney(user, withdrawn ? "43.00" : "57.00", "0.00");
    }

    @Test
    void givesExactlyWhatIsThereToTwoHundredParallelWithdrawals() throws Exception {
        UUID user = bank.account("150");
        bank.held(user, "50");
        List<Integer> statuses = Parallel.run(
                200,
                i -> Bank.patiently(() -> bank.withdraw(user, "1", "key-" + i)).statusCode());
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(100);
        assertThat(statuses.stream().filter(status -> status == 402)).hasSize(100);
        bank.assertMoney(user, "50.00", "50.00");
    }

    @Test
    void neverTakesContentionForMissingMoney() throws Exception {
        UUID user = bank.account("50");
        // At most 50 threads have taken 1 at a time: there is money for each of them always.
        List<Integer> statuses = Parallel.run(400, i -> {
            int withdrawn = Bank.patiently(() -> bank.withdraw(user, "1")).statusCode();
            Bank.patiently(() -> bank.deposit(user, "1")).then().statusCode(200);
            return withdrawn;
        });
        assertThat(statuses).containsOnly(200);
        bank.assertMoney(user, "50.00", "0.00");
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
