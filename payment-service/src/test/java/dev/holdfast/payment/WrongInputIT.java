package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input is answered with a problem that names the field, and never changes an account. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class WrongInputIT {
    private static final String ORDER = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    private final AccountCalls bank = new AccountCalls();

    record Wrong(String body, int status, String field) {}

    static List<String> wrongAmounts() {
        return List.of(
                "NaN",
                "Infinity",
                "1e400",
                "1e999999999",
                "1e2147483647",
                "1e-999999999",
                "1.001",
                "0.001",
                "10000000000000000",
                "99999999999999999999",
                "0",
                "0.00",
                "-1",
                "\"1\"",
                "\"\"",
                "true",
                "null",
                "[1]",
                "{}",
                "1.",
                ".5",
                "01",
                "+1",
                "0x10",
                "1_000",
                "1,5");
    }

    @ParameterizedTest
    @MethodSource("wrongAmounts")
    void namesAWrongAmountWhereverOneIsSent(String amount) {
        UUID user = bank.account("10");
        List<Response> answers = List.of(
                bank.deposit(user, amount),
                bank.deposit(user, amount, "key"),
                bank.withdraw(user, amount),
                bank.withdraw(user, amount, "key"),
                bank.propose(user, "CREDIT", amount, "anna"),
                bank.hold(user, UUID.randomUUID(), amount),
                bank.cancel(user, UUID.randomUUID(), amount));
        for (Response answer : answers) {
            assertProblem(answer, 400);
            assertThat(answer.jsonPath().getList("errors.field")).contains("amount");
        }
        bank.assertMoney(user, "10.00", "0.00");
    }

    static List<Wrong> wrongHolds() {
        List<Wrong> wrong = new ArrayList<>();
        for (String order : List.of("\"\"", "\"x\"", "\"1-1-1-1-1\"", "5", "null", "[]", "\"" + ORDER + "0\"")) {
            wrong.add(new Wrong("{\"order_id\": " + order + ", \"amount\": 1}", 400, "order_id"));
        }
        for (String seconds : List.of("0", "-1", "604801", "1.5", "\"1\"", "true", "99999999999", "1e2", "[]")) {
            wrong.add(new Wrong(
                    "{\"order_id\": \"" + ORDER + "\", \"amount\": 1, \"expires_in_seconds\": " + seconds + "}",
                    400,
                    "expires_in_seconds"));
        }
        wrong.add(new Wrong("{\"amount\": 1}", 400, "order_id"));
        wrong.add(new Wrong("{\"order_id\": \"" + ORDER + "\"}", 400, "amount"));
        wrong.add(
                new Wrong("{\"order_id\": \"" + ORDER + "\", \"amount\": 1, \"currency\": \"EUR\"}", 400, "currency"));
        wrong.add(new Wrong("{\"order_id\": \"" + ORDER + "\", \"amount\": 1, \"amount\": 2}", 400, "amount"));
        wrong.add(new Wrong("", 400, "body"));
        wrong.add(new Wrong("null", 400, "body"));
        wrong.add(new Wrong("[]", 400, "body"));
        wrong.add(new Wrong("\"x\"", 400, "body"));
        wrong.add(new Wrong("{", 400, "body"));
        return wrong;
    }

    @ParameterizedTest
    @MethodSource("wrongHolds")
    void namesTheWrongFieldOfAHold(Wrong wrong) {
        UUID user = bank.account("10");
        Response answer = bank.post("/accounts/" + user + "/hold", wrong.body);
        assertProblem(answer, wrong.status);
        assertThat(answer.jsonPath().getList("errors.field")).contains(wrong.field);
        bank.assertMoney(user, "10.00", "0.00");
    }

    static List<Wrong> wrongProposals() {
        String start = "{\"user_id\": \"" + ORDER + "\", \"amount\": 1, ";
        String whole = start + "\"direction\": \"DEBIT\", \"reason\": \"x\"";
        List<Wrong> wrong = new ArrayList<>();
        for (String direction : List.of("\"\"", "\"debit\"", "0", "null", "[]", "\"UNKNOWN\"")) {
            wrong.add(new Wrong(start + "\"direction\": " + direction + ", \"reason\": \"x\"}", 400, "direction"));
        }
        String reason = start + "\"direction\": \"DEBIT\", \"reason\": ";
        for (String text : List.of("\"\"", "\" \"", "null", "5", "\"a\\u0000b\"", "\"" + "x".repeat(1_001) + "\"")) {
            wrong.add(new Wrong(reason + text + "}", 400, "reason"));
        }
        wrong.add(new Wrong(start + "\"direction\": \"DEBIT\"}", 400, "reason"));
        wrong.add(new Wrong("{\"amount\": 1, \"direction\": \"DEBIT\", \"reason\": \"x\"}", 400, "user_id"));
        wrong.add(new Wrong(whole + ", \"books_only\": \"true\"}", 400, "books_only"));
        wrong.add(new Wrong(whole + ", \"change\": 1}", 400, "change"));
        wrong.add(new Wrong("[]", 400, "body"));
        return wrong;
    }

    @ParameterizedTest
    @MethodSource("wrongProposals")
    void namesTheWrongFieldOfAProposal(Wrong wrong) {
        Response answer = given().contentType("application/json")
                .header("X-Operator", "anna")
                .body(wrong.body)
                .post("/admin/adjustments");
        assertProblem(answer, wrong.status);
        assertThat(answer.jsonPath().getList("errors.field")).contains(wrong.field);
    }

    @Test
    void namesWhatIsWrongInWhatOperatorsDo() {
        UUID user = bank.account("10");
        for (String act : List.of("freeze", "unfreeze", "close")) {
            for (String body : List.of("{}", "{\"reason\": \"\"}", "{\"reason\": 1}", "{\"reason\": \"x\\u202ey\"}")) {
                Response answer = bank.post("/admin/accounts/" + user + "/" + act, body);
                assertProblem(answer, 400);
                assertThat(answer.jsonPath().getList("errors.field")).containsExactly("reason");
            }
            assertProblem(bank.post("/admin/accounts/1/" + act, "{\"reason\": \"x\"}"), 400);
            assertProblem(given().get("/admin/accounts/" + user + "/" + act), 405);
        }
        String adjustment = "/admin/adjustments/" + UUID.randomUUID();
        for (Response answer : List.of(
                bank.post("/admin/adjustments", AccountCalls.proposal(user, "CREDIT", "1")),
                given().post(adjustment + "/approve"),
                bank.post(adjustment + "/reject", "{\"reason\": \"x\"}"),
                given().header("X-Operator", "not a name").post(adjustment + "/approve"))) {
            assertProblem(answer, 400);
            assertThat(answer.jsonPath().getList("errors.field")).containsExactly("X-Operator");
        }
        for (String query : List.of("status=OPEN", "limit=0", "cursor=x", "user_id=1")) {
            assertProblem(given().get("/admin/adjustments?" + query), 400);
        }
        assertProblem(given().get("/admin/adjustments/1"), 400);
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void answersWrongPathsMethodsAndTypesAsProblems() {
        UUID user = bank.account("10");
        String account = "/accounts/" + user;
        for (String id : List.of("1", "%00", user + "0", "null", user.toString().replace("-", ""))) {
            String path = "/accounts/" + id;
            for (Response answer : List.of(
                    given().urlEncodingEnabled(false).get(path),
                    given().urlEncodingEnabled(false).post(path),
                    given().urlEncodingEnabled(false).get(path + "/transfers"))) {
                assertProblem(answer, 400);
                assertThat(answer.jsonPath().getList("errors.field")).containsExactly("user_id");
            }
        }
        assertProblem(given().get("/accounts"), 404);
        assertProblem(given().get(account + "/nothing"), 404);
        assertProblem(given().delete(account), 405);
        assertProblem(given().get(account + "/deposit"), 405);
        assertProblem(given().get(account + "/withdraw"), 405);
        assertProblem(given().contentType("text/plain").body("{\"amount\": 1}").post(account + "/withdraw"), 415);
        assertProblem(given().contentType("text/plain").body("{\"amount\": 1}").post(account + "/deposit"), 415);
        assertProblem(bank.post(account + "/deposit", "{\"amount\": 1" + " ".repeat(70_000) + "}"), 413);
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void takesIdsInCapitalsForTheSame() {
        UUID user = bank.account("10");
        assertThat(given().get("/accounts/" + user.toString().toUpperCase(java.util.Locale.ROOT))
                        .statusCode())
                .isEqualTo(200);
    }

    private static void assertProblem(Response answer, int status) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isNotBlank();
        assertThat(answer.jsonPath().getString("trace_id")).matches("[0-9a-f]{32}");
    }
}
