package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.Roles;
import dev.holdfast.faults.stack.StackUnderTest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What two operators do with accounts on the day something went wrong. */
@SystemTest
class OperatorsIT {
    private static final Duration NAMED_WITHIN = Duration.ofSeconds(60);

    private final StackUnderTest stack;

    OperatorsIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void freezeAnAccountCorrectItPayItOutAndCloseIt(Door door) {
        Shop anna = operator(door, "anna");
        Shop bert = operator(door, "bert");
        UUID user = anna.openAccount("100.00");
        Shop customer = anna.as(stack.tokens().customer(user));
        UUID earlier = customer.placeOrder(user, "10.00").expect(201).id();

        assertThat(anna.post(account(user, "freeze"), reason("reported as stolen"))
                        .expect(200)
                        .text("status"))
                .isEqualTo("FROZEN");
        customer.placeOrder(user, "1.00").expectProblem(409, "account_frozen");
        customer.placeOrder(user, "1.00", "Idempotency-Key", "basket").expectProblem(409, "account_frozen");
        List<Answer> together = Shop.inParallel(8, i -> customer.placeOrder(user, "1.00"));
        assertThat(together).allSatisfy(answer -> answer.expectProblem(409, "account_frozen"));
        anna.withdraw(user, "1.00").expectProblem(409, "account_frozen");
        customer.awaitStatus(user, earlier, "FINISHED");
        anna.deposit(user, "5.00").expect(200);
        anna.awaitAccount(user, "95.00", "0.00");

        Answer proposed = anna.post(
                        "/admin/adjustments", adjustment(user, "DEBIT", "20.00", ""), "Idempotency-Key", "t1")
                .expect(201);
        UUID adjustment = proposed.id();
        assertThat(anna.post("/admin/adjustments", adjustment(user, "DEBIT", "20.00", ""), "Idempotency-Key", "t1")
                        .expect(201)
                        .body())
                .isEqualTo(proposed.body());
        String approve = "/admin/adjustments/" + adjustment + "/approve";
        anna.post(approve, "", "X-Operator", "bert").expectProblem(409, "adjustment_needs_another_operator");
        assertThat(bert.post(approve, "").expect(200).text("status")).isEqualTo("APPROVED");
        bert.post(approve, "").expect(200);
        bert.post("/admin/adjustments/" + adjustment + "/reject", reason("too late"))
                .expectProblem(409, "adjustment_approved");
        anna.awaitAccount(user, "75.00", "0.00");
        JsonNode newest = customer.get("/accounts/" + user + "/transfers")
                .expect(200)
                .json()
                .path(0);
        assertThat(newest.path("kind").asText()).isEqualTo("ADJUSTMENT");
        assertThat(newest.toString()).doesNotContain("anna", "bert");
        assertThat(bert.get("/admin/adjustments?status=APPROVED&user_id=" + user)
                        .expect(200)
                        .json())
                .hasSize(1);

        bert.post(account(user, "close"), reason("asked for")).expectProblem(409, "account_not_empty");
        bert.post(account(user, "unfreeze"), reason("to pay out")).expect(200);
        bert.withdraw(user, "75.00").expect(200);
        bert.post(account(user, "close"), reason("asked for")).expect(200);
        customer.placeOrder(user, "1.00").expectProblem(409, "account_closed");
        bert.deposit(user, "1.00").expectProblem(409, "account_closed");
        assertThat(customer.account(user).expect(200).text("status")).isEqualTo("CLOSED");

        JsonNode audit = bert.get("/admin/payments/audit?object_id=" + adjustment)
                .expect(200)
                .json();
        assertThat(audit.findValuesAsText("subject")).containsExactly("bert", "bert", "anna", "anna");
        assertThat(audit.findValuesAsText("action")).containsExactly("reject", "approve", "approve", "propose");
        assertThat(bert.get("/admin/payments/audit?action=freeze&object_id=" + user)
                        .expect(200)
                        .json()
                        .findValuesAsText("subject"))
                .containsExactly("anna");
    }

    @Test
    void mendABalanceThatIsNotTheSumOfItsTransfers() throws Exception {
        Shop anna = operator(Door.GATEWAY, "anna");
        Shop bert = operator(Door.GATEWAY, "bert");
        UUID user = anna.openAccount("10.00");
        try (Connection payments = stack.superuserDatabase().named("payments").open();
                Statement statement = payments.createStatement()) {
            statement.execute("update account set balance = balance + 3 where user_id = '%s'".formatted(user));
        }
        String named = "account_balance_differs " + user;
        await().atMost(NAMED_WITHIN).untilAsserted(() -> assertThat(named(anna)).contains(named));

        String wrong = adjustment(user, "CREDIT", "2.00", ",\"books_only\":true");
        String right = adjustment(user, "CREDIT", "3.00", ",\"books_only\":true");
        bert.post(approvalOf(anna, wrong), "").expectProblem(409, "adjustment_does_not_balance");
        bert.post(approvalOf(anna, right), "").expect(200);

        anna.awaitAccount(user, "13.00", "0.00");
        await().atMost(NAMED_WITHIN).untilAsserted(() -> assertThat(named(anna)).doesNotContain(named));
    }

    private static String approvalOf(Shop proposer, String adjustment) {
        return "/admin/adjustments/"
                + proposer.post("/admin/adjustments", adjustment).expect(201).id() + "/approve";
    }

    private Shop operator(Door door, String name) {
        return door.open(stack)
                .as(Optional.of(
                        "Bearer " + ClientTokens.sign(stack.tokenKey(), Roles.OPERATOR, name, Duration.ofMinutes(10))));
    }

    private static String account(UUID user, String change) {
        return "/admin/accounts/" + user + "/" + change;
    }

    private static String reason(String reason) {
        return "{\"reason\":\"%s\"}".formatted(reason);
    }

    private static String adjustment(UUID user, String direction, String amount, String more) {
        return "{\"user_id\":\"%s\",\"direction\":\"%s\",\"amount\":%s,\"reason\":\"ticket 71\"%s}"
                .formatted(user, direction, amount, more);
    }

    private static Set<String> named(Shop shop) {
        Set<String> named = new TreeSet<>();
        for (JsonNode each :
                shop.get("/admin/reconciliation?limit=200").expect(200).json().path("discrepancies")) {
            named.add(each.path("kind").asText() + " " + each.path("user_id").asText());
        }
        return named;
    }
}
