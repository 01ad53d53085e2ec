package dev.holdfast.payment.account;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators let happen on an account. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AccountStatusIT {
    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    /** The account becomes what stands there, or the code tells why not. */
    @ParameterizedTest
    @CsvSource({
        "OPEN,   freeze,   FROZEN",
        "OPEN,   unfreeze, OPEN",
        "OPEN,   close,    CLOSED",
        "FROZEN, freeze,   FROZEN",
        "FROZEN, unfreeze, OPEN",
        "FROZEN, close,    CLOSED",
        "CLOSED, freeze,   account_closed",
        "CLOSED, unfreeze, account_closed",
        "CLOSED, close,    CLOSED"
    })
    void becomesWhatTheTableSays(String before, String change, String after) {
        UUID user = emptyAccount(before);
        Response answer = bank.change(user, change);
        if (after.startsWith("account_")) {
            assertProblem(answer, after);
            assertStatus(user, before);
        } else {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.jsonPath().getString("status")).isEqualTo(after);
            assertStatus(user, after);
        }
    }

    @Test
    void isOpenAtFirstAndShowsItsStatusWhereverItIsShown() {
        UUID user = UUID.randomUUID();
        assertThat(given().post("/accounts/" + user).jsonPath().getString("status"))
                .isEqualTo("OPEN");
        bank.change(user, "freeze").then().statusCode(200);
        assertThat(bank.deposit(user, "1").jsonPath().getString("status")).isEqualTo("FROZEN");
        assertThat(bank.change(UUID.randomUUID(), "freeze").jsonPath().getString("code"))
                .isEqualTo("account_not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"freeze", "close"})
    void promisesAndPaysOutNothingMore(String change) {
        UUID user = bank.account(change.equals("close") ? "0" : "100");
        bank.change(user, change).then().statusCode(200);
        String code = change.equals("close") ? "account_closed" : "account_frozen";

        assertProblem(bank.hold(user, UUID.randomUUID(), "1"), code);
        assertProblem(bank.withdraw(user, "1"), code);
        assertProblem(bank.withdraw(user, "1", "key"), code);
        for (int together = 1; together <= 3; together++) {
            JsonPath holds = holdTogether(user, together);
            assertThat(holds.getList("taken")).isEmpty();
            assertThat(holds.getMap("not_taken").values()).hasSize(together).containsOnly(code);
        }
        if (change.equals("freeze")) {
            bank.change(user, "unfreeze").then().statusCode(200);
            bank.withdraw(user, "1", "key").then().statusCode(200);
            assertThat(holdTogether(user, 3).getList("taken")).hasSize(3);
        }
    }

    @Test
    void letsMoneyThatIsOnItsWayArriveWhileItIsFrozen() {
        UUID user = bank.account("100");
        UUID captured = bank.held(user, "10");
        UUID released = bank.held(user, "20");
        UUID expired = bank.held(user, "5");
        bank.change(user, "freeze").then().statusCode(200);

        bank.hold(user, captured, "10").then().statusCode(200);
        bank.expire(expired);
        captures.on(List.of(OrderSide.request(user, captured, "10"), OrderSide.request(user, expired, "5")));
        assertThat(bank.transfers(captured, "CAPTURE")).isEqualTo(1);
        // It was ordered before, and the money is there: only its time was over.
        assertThat(bank.transfers(expired, "CAPTURE")).isEqualTo(1);
        bank.release(user, released).then().statusCode(200);
        bank.deposit(user, "1").then().statusCode(200);
        bank.refund(user, captured).then().statusCode(200);
        bank.assertMoney(user, "96.00", "0.00");
        assertStatus(user, "FROZEN");
    }

    @Test
    void takesNoExpiredHoldAnewWhileItIsFrozen() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        bank.hold(user, order, "4").then().statusCode(200);
        bank.expire(order);
        bank.change(user, "freeze").then().statusCode(200);
        assertProblem(bank.hold(user, order, "4"), "account_frozen");
        assertProblem(bank.hold(user, UUID.randomUUID(), "4"), "account_frozen");
        bank.change(user, "unfreeze").then().statusCode(200);
        bank.hold(user, order, "4").then().statusCode(200);
    }

    @Test
    void isClosedOnlyWithoutMoneyAndWithNothingHeld() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        bank.hold(user, order, "10").then().statusCode(200);
        assertProblem(bank.change(user, "close"), "account_not_empty");
        bank.release(user, order).then().statusCode(200);
        assertProblem(bank.change(user, "close"), "account_not_empty");
        bank.withdraw(user, "10").then().statusCode(200);
        bank.change(user, "close").then().statusCode(200);

        assertProblem(bank.deposit(user, "1"), "account_closed");
        assertProblem(bank.deposit(user, "1", "key"), "account_closed");
        assertProblem(bank.propose(user, "CREDIT", "1", "anna"), "account_closed");
        assertThat(given().post("/accounts/" + user).jsonPath().getString("code"))
                .isEqualTo("account_exists");
        assertThat(given().get("/accounts/" + user + "/transfers").jsonPath().getList(""))
                .hasSize(2);
        captures.on(List.of(OrderSide.request(user, order, "10")));
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void repeatsWhatItAnsweredBeforeItWasClosed() {
        UUID user = bank.account("0");
        String first = bank.deposit(user, "1", "in").asString();
        bank.withdraw(user, "1", "out").then().statusCode(200);
        bank.change(user, "close").then().statusCode(200);
        assertThat(bank.deposit(user, "1", "in").asString()).isEqualTo(first);
        bank.withdraw(user, "1", "out").then().statusCode(200);
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void takesARefundAlsoWhenItIsClosedAndIsFrozenThen() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "10");
        captures.on(List.of(OrderSide.request(user, order, "10")));
        bank.change(user, "close").then().statusCode(200);

        for (int i = 0; i < 2; i++) {
            bank.refund(user, order).then().statusCode(200);
        }
        bank.assertMoney(user, "10.00", "0.00");
        assertStatus(user, "FROZEN");
        assertThat(audit(order).getString("[0].details.reopened")).isEqualTo("FROZEN");
        assertProblem(bank.withdraw(user, "10"), "account_frozen");
        bank.change(user, "unfreeze").then().statusCode(200);
        bank.withdraw(user, "10").then().statusCode(200);
        bank.change(user, "close").then().statusCode(200);
    }

    @Test
    void leavesARecordOfEachChangeAndRefusalAndNoneOfWhatStaysAsItIs() {
        UUID user = bank.account("0");
        for (String change : List.of("freeze", "freeze", "close", "unfreeze", "close")) {
            given().contentType("application/json")
                    .header("X-Operator", "anna")
                    .body("{\"reason\": \"why " + change + "\"}")
                    .post("/admin/accounts/" + user + "/" + change);
        }
        JsonPath records = audit(user);
        assertThat(records.getList("action")).containsExactly("unfreeze", "close", "freeze");
        assertThat(records.getList("code")).containsExactly("account_closed", null, null);
        assertThat(records.getList("details.reason")).containsExactly("why unfreeze", "why close", "why freeze");
        assertThat(records.getList("subject")).containsOnly("anna");
    }

    @Test
    void leavesToANewerVersionWhatOnlyThatKnows() {
        UUID user = bank.account("10");
        Administrator.run("alter table account drop constraint account_status_is_known");
        Administrator.run("update account set status = 'SLEEPING' where user_id = ?", user);
        try {
            assertStatus(user, "UNKNOWN");
            assertProblem(bank.hold(user, UUID.randomUUID(), "1"), "account_frozen");
            assertProblem(bank.withdraw(user, "1"), "account_frozen");
            assertThat(holdTogether(user, 2).getMap("not_taken").values()).containsOnly("account_frozen");
            bank.deposit(user, "1").then().statusCode(200);
            bank.change(user, "unfreeze").then().statusCode(503);
        } finally {
            Administrator.run("update account set status = 'OPEN' where user_id = ?", user);
            Administrator.run("alter table account add constraint account_status_is_known"
                    + " check (status in ('OPEN', 'FROZEN', 'CLOSED'))");
        }
    }

    private UUID emptyAccount(String status) {
        UUID user = bank.account("0");
        switch (status) {
            case "FROZEN" -> bank.change(user, "freeze").then().statusCode(200);
            case "CLOSED" -> bank.change(user, "close").then().statusCode(200);
            default -> assertThat(status).isEqualTo("OPEN");
        }
        return user;
    }

    private JsonPath holdTogether(UUID user, int orders) {
        String holds = Stream.generate(() ->
                        "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 1}".formatted(UUID.randomUUID(), user))
                .limit(orders)
                .collect(Collectors.joining(","));
        return bank.post("/internal/holds?outcomes=true", "{\"holds\": [" + holds + "]}")
                .jsonPath();
    }

    private void assertStatus(UUID user, String status) {
        assertThat(bank.get(user).jsonPath().getString("status")).isEqualTo(status);
    }

    private static JsonPath audit(UUID object) {
        return given().get("/admin/payments/audit?object_id=" + object).jsonPath();
    }

    private static void assertProblem(Response answer, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(409);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
