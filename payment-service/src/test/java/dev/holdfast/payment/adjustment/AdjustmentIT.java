package dev.holdfast.payment.adjustment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.AccountCalls;
import dev.holdfast.payment.Bank;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Corrections: what one operator proposes and another approves. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AdjustmentIT {
    private static final String FUNDING = "00000000-0000-0000-0000-000000000001";

    @Inject
    Bank bank;

    @Inject
    Database database;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void movesNothingUntilAnotherOperatorApproves() {
        UUID user = bank.account("10");
        Response proposed = bank.propose(user, "CREDIT", "2.5", "anna");
        assertThat(proposed.statusCode()).isEqualTo(201);
        String id = proposed.jsonPath().getString("id");
        assertThat(proposed.header("Location")).isEqualTo("/admin/adjustments/" + id);
        assertThat(proposed.asString())
                .contains(
                        "\"user_id\":\"" + user + "\"",
                        "\"direction\":\"CREDIT\",\"amount\":2.50,\"books_only\":false",
                        "\"status\":\"PENDING\",\"proposed_by\":\"anna\"",
                        "\"decided_by\":null",
                        "\"transfer_id\":null");
        assertProblem(bank.approve(id, "anna"), 409, "adjustment_needs_another_operator");
        bank.assertMoney(user, "10.00", "0.00");

        JsonPath approved =
                bank.approve(id, "bert").then().statusCode(200).extract().jsonPath();
        assertThat(approved.getString("status")).isEqualTo("APPROVED");
        assertThat(approved.getString("decided_by")).isEqualTo("bert");
        bank.assertMoney(user, "12.50", "0.00");
        assertThat(transfers(user)).containsExactly(FUNDING + " " + user + " 2.50 bert");
        assertThat(approved.getString("transfer_id")).isEqualTo(transferOf(user));
        assertThat(given().get("/admin/adjustments/" + id).asString())
                .isEqualTo(bank.approve(id, "bert").asString());
        assertThat(transfers(user)).hasSize(1);
    }

    @Test
    void takesMoneyButNeverWhatIsHeldAndIsPendingStillWhenItWasRefused() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        String id = id(bank.propose(user, "DEBIT", "6.01", "anna"));
        assertProblem(bank.approve(id, "bert"), 409, "adjustment_exceeds_available");
        bank.assertMoney(user, "10.00", "4.00");
        assertThat(given().get("/admin/adjustments/" + id).jsonPath().getString("status"))
                .isEqualTo("PENDING");
        assertThat(transfers(user)).isEmpty();

        bank.release(user, order).then().statusCode(200);
        bank.approve(id, "bert").then().statusCode(200);
        bank.assertMoney(user, "3.99", "0.00");
        assertThat(transfers(user)).containsExactly(user + " " + FUNDING + " 6.01 bert");
    }

    @Test
    void letsHoldsWhoseTimeIsOverMakeRoom() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        bank.hold(user, order, "10").then().statusCode(200);
        String id = id(bank.propose(user, "DEBIT", "10", "anna"));
        assertProblem(bank.approve(id, "bert"), 409, "adjustment_exceeds_available");
        bank.expire(order);
        bank.approve(id, "bert").then().statusCode(200);
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void givesNoAccountMoreThanItCanHave() {
        UUID user = bank.account("9999999999999999.99");
        String id = id(bank.propose(user, "CREDIT", "0.01", "anna"));
        assertProblem(bank.approve(id, "bert"), 422, "balance_limit_exceeded");
        bank.assertMoney(user, "9999999999999999.99", "0.00");
    }

    @Test
    void correctsAFrozenAccountAndNoClosedOne() {
        UUID user = bank.account("1");
        bank.change(user, "freeze").then().statusCode(200);
        String debit = id(bank.propose(user, "DEBIT", "1", "anna"));
        String credit = id(bank.propose(user, "CREDIT", "1", "anna"));
        bank.approve(debit, "bert").then().statusCode(200);
        bank.change(user, "close").then().statusCode(200);
        assertProblem(bank.approve(credit, "bert"), 409, "account_closed");
        bank.assertMoney(user, "0.00", "0.00");
        assertProblem(bank.propose(UUID.randomUUID(), "CREDIT", "1", "anna"), 404, "account_not_found");
    }

    @Test
    void isRejectedByAnybodyAndNeverBookedThen() {
        UUID user = bank.account("1");
        String own = id(bank.propose(user, "CREDIT", "1", "anna"));
        JsonPath rejected =
                bank.reject(own, "anna").then().statusCode(200).extract().jsonPath();
        assertThat(rejected.getString("status")).isEqualTo("REJECTED");
        assertThat(rejected.getString("decision_reason")).isEqualTo("a test");
        bank.reject(own, "anna").then().statusCode(200);
        assertProblem(bank.reject(own, "bert"), 409, "adjustment_rejected");
        assertProblem(bank.approve(own, "bert"), 409, "adjustment_rejected");

        String approved = id(bank.propose(user, "CREDIT", "1", "anna"));
        bank.approve(approved, "bert").then().statusCode(200);
        assertProblem(bank.reject(approved, "bert"), 409, "adjustment_approved");
        assertProblem(bank.approve(approved, "carl"), 409, "adjustment_approved");
        String nothing = UUID.randomUUID().toString();
        assertProblem(bank.approve(nothing, "bert"), 404, "adjustment_not_found");
        assertProblem(bank.reject(nothing, "bert"), 404, "adjustment_not_found");
        bank.assertMoney(user, "2.00", "0.00");
    }

    @Test
    void cannotBeDecidedOnceItsTimeIsOver() {
        UUID user = bank.account("1");
        String id = id(bank.propose(user, "CREDIT", "1", "anna"));
        Administrator.run(
                "update adjustment set expires_at = now() - interval '1 second' where id = ?", UUID.fromString(id));
        assertProblem(bank.approve(id, "bert"), 409, "adjustment_expired");
        assertProblem(bank.reject(id, "bert"), 409, "adjustment_expired");
        assertThat(given().get("/admin/adjustments/" + id).jsonPath().getString("status"))
                .isEqualTo("EXPIRED");
        assertThat(list("user_id=" + user + "&status=EXPIRED")).containsExactly(id);
        assertThat(list("user_id=" + user + "&status=PENDING")).isEmpty();
    }

    @Test
    void isProposedOnceForEachKey() {
        UUID user = bank.account("1");
        Response first = propose(user, "1", "anna", "key");
        bank.approve(id(first), "bert").then().statusCode(200);
        Response again = propose(user, "1.00", "anna", "key");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.asString()).isEqualTo(first.asString());
        assertProblem(propose(user, "2", "anna", "key"), 422, "idempotency_key_reused");
        // Or the one who approves would be told that the proposal is their own.
        assertProblem(propose(user, "1", "bert", "key"), 422, "idempotency_key_reused");
        assertThat(list("user_id=" + user)).hasSize(1);
        propose(bank.account("1"), "1", "anna", "key").then().statusCode(201);
    }

    @Test
    void mendsBooksThatAreNotTheBalance() {
        UUID user = bank.account("10");
        // As somebody with the owner's rights might: two are missing in the books.
        Administrator.run("update account set balance = 12 where user_id = ?", user);
        String wrong = booksOnly(user, "CREDIT", "2.01");
        String back = booksOnly(user, "DEBIT", "2");
        String right = booksOnly(user, "CREDIT", "2");
        for (String refused : List.of(wrong, back)) {
            assertProblem(bank.approve(refused, "bert"), 409, "adjustment_does_not_balance");
        }
        bank.approve(right, "bert").then().statusCode(200);
        bank.assertMoney(user, "12.00", "0.00");
        assertThat(transfers(user)).containsExactly(FUNDING + " " + user + " 2.00 bert");
        assertThat(bank.post("/internal/reconciliation/accounts/by-id", "{\"ids\": [\"" + user + "\"]}")
                        .jsonPath()
                        .getList("differing"))
                .isEmpty();
        assertProblem(bank.approve(booksOnly(user, "CREDIT", "2"), "bert"), 409, "adjustment_does_not_balance");

        // The money was never there: the books say so too, by two lines.
        bank.approve(id(bank.propose(user, "DEBIT", "2", "anna")), "bert")
                .then()
                .statusCode(200);
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void isInTheStatementOfTheAccount() {
        UUID user = bank.account("10");
        bank.approve(id(bank.propose(user, "CREDIT", "2", "anna")), "bert");
        bank.approve(id(bank.propose(user, "DEBIT", "1", "anna")), "bert");
        List<String> kinds = new ArrayList<>();
        @Nullable String next = "/accounts/" + user + "/transfers?limit=1";
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            kinds.add(page.jsonPath().getString("[0].kind") + page.jsonPath().getString("[0].amount"));
            assertThat(page.asString()).doesNotContain("anna", "bert");
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(kinds).containsExactly("ADJUSTMENT1.0", "ADJUSTMENT2.0", "DEPOSIT10.0");
    }

    @Test
    void areListedNewestFirstPageByPage() {
        UUID user = bank.account("10");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(id(bank.propose(user, "CREDIT", "1", "anna")));
        }
        bank.approve(ids.get(1), "bert");
        bank.reject(ids.get(3), "bert");
        List<String> listed = new ArrayList<>();
        @Nullable String next = "/admin/adjustments?limit=2&user_id=" + user;
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            listed.addAll(page.jsonPath().getList("id"));
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(listed).isEqualTo(ids);
        assertThat(list("user_id=" + user + "&status=APPROVED")).containsExactly(ids.get(1));
        assertThat(list("user_id=" + user + "&status=REJECTED")).containsExactly(ids.get(3));
        assertThat(list("user_id=" + user + "&status=PENDING")).containsExactly(ids.get(0), ids.get(2), ids.get(4));
        assertThat(list("status=PENDING&limit=200")).contains(ids.getFirst());
    }

    @Test
    void leaveARecordOfEachActAndRefusal() {
        UUID user = bank.account("0");
        String id = id(bank.propose(user, "DEBIT", "1", "anna"));
        bank.approve(id, "anna");
        bank.approve(id, "bert");
        bank.deposit(user, "1");
        bank.approve(id, "bert");
        bank.approve(id, "bert");
        bank.reject(id, "carl");
        JsonPath records = given().get("/admin/payments/audit?object_id=" + id).jsonPath();
        assertThat(records.getList("action")).containsExactly("reject", "approve", "approve", "approve", "propose");
        assertThat(records.getList("subject")).containsExactly("carl", "bert", "bert", "anna", "anna");
        assertThat(records.getList("code"))
                .containsExactly(
                        "adjustment_approved",
                        null,
                        "adjustment_exceeds_available",
                        "adjustment_needs_another_operator",
                        null);
        assertThat(records.getList("details.user_id")).containsOnly(user.toString());
        assertThat(records.getList("details.amount")).containsOnly("1.00");
        assertThat(records.getList("details.direction")).containsOnly("debit");
        assertThat(records.getString("[1].details.transfer_id")).isEqualTo(transferOf(user));
        assertThat(records.getString("[4].details.reason")).isEqualTo("a test");
    }

    private static String id(Response proposed) {
        proposed.then().statusCode(201);
        return proposed.jsonPath().getString("id");
    }

    private static Response propose(UUID user, String amount, String operator, String key) {
        return given().contentType("application/json")
                .header("X-Operator", operator)
                .header("Idempotency-Key", key)
                .body(AccountCalls.proposal(user, "CREDIT", amount))
                .post("/admin/adjustments");
    }

    private static String booksOnly(UUID user, String direction, String amount) {
        return id(given().contentType("application/json")
                .header("X-Operator", "anna")
                .body(AccountCalls.proposal(user, direction, amount).replace("{", "{\"books_only\": true, "))
                .post("/admin/adjustments"));
    }

    private static List<String> list(String query) {
        return given().get("/admin/adjustments?" + query).jsonPath().getList("id");
    }

    private List<String> transfers(UUID user) {
        return database.query(
                "select debit_account || ' ' || credit_account || ' ' || amount || ' ' || actor from transfer"
                        + " where kind = 'ADJUSTMENT' and ? in (debit_account, credit_account) order by created_at",
                row -> row.getString(1),
                user);
    }

    private String transferOf(UUID user) {
        return Objects.requireNonNull(Administrator.run(
                "select id from transfer where kind = 'ADJUSTMENT' and ? in (debit_account, credit_account)", user));
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
