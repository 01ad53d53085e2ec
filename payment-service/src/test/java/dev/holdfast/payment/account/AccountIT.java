package dev.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.hibernate.engine.spi.SessionImplementor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AccountIT {
    private static final Acting NOBODY = new Acting(null, null, null, false, null);

    @Inject
    Bank bank;

    @Inject
    Accounts accounts;

    @Inject
    Deposits deposits;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void livesFromOpeningToDeposits() {
        UUID user = UUID.randomUUID();
        assertThat(bank.get(user).statusCode()).isEqualTo(404);
        assertThat(bank.deposit(user, "1").jsonPath().getString("code")).isEqualTo("account_not_found");

        Response opened = bank.post("/accounts/" + user, "");
        assertThat(opened.statusCode()).isEqualTo(201);
        assertThat(opened.header("Location")).endsWith("/accounts/" + user);
        assertThat(opened.asString()).contains("\"balance\":0.00,", "\"held\":0.00,", "\"available\":0.00,");
        assertThat(opened.jsonPath().getString("created_at")).matches("\\d{4}-\\d{2}-\\d{2}T.*Z");

        Response again = bank.post("/accounts/" + user, "");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.jsonPath().getString("code")).isEqualTo("account_exists");

        assertThat(bank.deposit(user, "0.1").statusCode()).isEqualTo(200);
        assertThat(bank.deposit(user, "1e2").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "100.10", "0.00");
    }

    @Test
    void showsInATransactionWhatTheTransactionHasWritten() {
        UUID user = bank.account("1");
        QuarkusTransaction.requiringNew().run(() -> {
            assertThat(accounts.find(user))
                    .get()
                    .extracting(AccountView::balance)
                    .isEqualTo(new BigDecimal("1.00"));
            deposits.deposit(user, BigDecimal.TEN, null, NOBODY);
            assertThat(accounts.find(user))
                    .get()
                    .extracting(AccountView::balance)
                    .isEqualTo(new BigDecimal("11.00"));
        });
    }

    @Test
    void keepsNoConnectionOnceAnAccountIsRead() {
        assertThat(accounts.find(bank.account("1"))).isPresent();
        assertThat(Account.getEntityManager()
                        .unwrap(SessionImplementor.class)
                        .getJdbcCoordinator()
                        .getLogicalConnection()
                        .isPhysicallyConnected())
                .isFalse();
    }

    @Test
    void refusesTheIdsOfTheOutsideAccounts() {
        for (int i = 1; i <= 2; i++) {
            Response answer = bank.post("/accounts/00000000-0000-0000-0000-00000000000" + i, "");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.jsonPath().getString("errors[0].field")).isEqualTo("user_id");
        }
    }

    @Test
    void refusesADepositThatTheBalanceHasNoRoomFor() {
        UUID user = bank.account("9999999999999999.99");
        Response answer = bank.deposit(user, "0.01");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.jsonPath().getString("code")).isEqualTo("balance_limit_exceeded");
        bank.assertMoney(user, "9999999999999999.99", "0.00");
    }

    @Test
    void depositsOnceForOneIdempotencyKeyAndReplaysTheFirstAnswer() {
        UUID user = bank.account("1");
        Response first = bank.deposit(user, "10", "key-1");
        bank.deposit(user, "5").then().statusCode(200);
        Response second = bank.deposit(user, "10.00", "key-1");
        assertThat(first.header("Idempotency-Replayed")).isNull();
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(second.asString()).isEqualTo(first.asString()).contains("\"balance\":11.00");

        Response other = bank.deposit(user, "11", "key-1");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.jsonPath().getString("code")).isEqualTo("idempotency_key_reused");
        bank.assertMoney(user, "16.00", "0.00");
    }

    @Test
    void keepsTheKeysOfUsersApart() {
        UUID one = bank.account("0");
        UUID other = bank.account("0");
        bank.deposit(one, "1", "same").then().statusCode(200);
        bank.deposit(other, "2", "same").then().statusCode(200);
        bank.assertMoney(one, "1.00", "0.00");
        bank.assertMoney(other, "2.00", "0.00");
    }

    @Test
    void letsAKeyBeUsedAgainWhoseDepositFailed() {
        UUID user = UUID.randomUUID();
        assertThat(bank.deposit(user, "10", "early").statusCode()).isEqualTo(404);
        bank.post("/accounts/" + user, "").then().statusCode(201);
        assertThat(bank.deposit(user, "10", "early").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void depositsOnceForFiftyParallelRequestsWithOneKey() throws Exception {
        UUID user = bank.account("0");
        List<Response> answers = Parallel.run(50, i -> bank.deposit(user, "7", "parallel"));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 409));
        assertThat(answers).anySatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 409))
                .allSatisfy(answer -> {
                    assertThat(answer.jsonPath().getString("code")).isEqualTo("idempotency_in_progress");
                    assertThat(answer.header("Retry-After")).isEqualTo("1");
                });
        assertThat(bank.deposit(user, "7", "parallel").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "7.00", "0.00");
    }

    @Test
    void addsUpParallelDeposits() throws Exception {
        UUID user = bank.account("0");
        Parallel.run(100, i -> bank.deposit(user, "0.01").then().statusCode(200));
        bank.assertMoney(user, "1.00", "0.00");
    }
}
