package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.chain.Chains;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators have written about a user can be erased; what happened to the money stays. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class ErasureIT {
    @Inject
    Bank bank;

    @Inject
    Chains chains;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void erasesReasonsAndKeepsTheMoneyWithWhoMovedIt() {
        UUID user = bank.account("10");
        String approved = id(bank.propose(user, "CREDIT", "2.5", "anna"));
        bank.approve(approved, "bert").then().statusCode(200);
        String rejected = id(bank.propose(user, "DEBIT", "1", "anna"));
        given().contentType(ContentType.JSON)
                .header("X-Operator", "bert")
                .body("{\"reason\":\"Ms Example was right\"}")
                .post("/admin/adjustments/" + rejected + "/reject")
                .then()
                .statusCode(200);
        String pending = id(bank.propose(user, "DEBIT", "1", "anna"));
        bank.change(user, "freeze").then().statusCode(200);
        UUID other = bank.account("10");
        bank.change(other, "freeze").then().statusCode(200);
        String transfers = transfers(user);

        // Two decided adjustments, three of their records in the audit, and the freeze.
        erase(user).then().statusCode(200).body("records", equalTo(6));

        adjustment(approved).then().body("reason", equalTo("erased")).body("amount", equalTo(2.5f));
        adjustment(rejected).then().body("reason", equalTo("erased")).body("decision_reason", equalTo("erased"));
        assertThat(adjustment(pending).jsonPath().getString("reason")).isNotEqualTo("erased");
        assertThat(transfers(user)).isEqualTo(transfers);
        bank.assertMoney(user, "12.50", "0.00");
        assertThat(reasons(user)).isEqualTo("1");
        assertThat(reasons(other)).isEqualTo("1");
        erase(user).then().statusCode(200).body("records", equalTo(0));

        bank.approve(pending, "bert").then().statusCode(200);
        erase(user).then().statusCode(200).body("records", equalTo(2));
        adjustment(pending).then().body("reason", equalTo("erased"));
    }

    @Test
    void theNameOfACustomerWhoMovedTheirOwnMoneyGoesAndTheChainHolds() {
        UUID user = bank.account("10");
        Administrator.run(
                "insert into transfer (debit_account, credit_account, amount, kind, actor, created_at)"
                        + " values ('00000000-0000-0000-0000-000000000001', ?, 2, 'DEPOSIT', ?, clock_timestamp())",
                user,
                user.toString());
        Administrator.run("update account set balance = balance + 2 where user_id = ?", user);
        bank.deposit(user, "3").then().statusCode(200);
        chains.assertWhole(List.of(user));

        erase(user).then().statusCode(200).body("records", equalTo(1));

        assertThat(Administrator.run(
                        "select count(*) from transfer where credit_account = ? and actor = ?", user, user.toString()))
                .isEqualTo("0");
        chains.assertWhole(List.of(user));
    }

    private static Response erase(UUID user) {
        return given().contentType(ContentType.JSON)
                .header("X-Operator", "anna")
                .body("{\"user_id\":\"" + user + "\",\"reason\":\"request 118\"}")
                .post("/admin/payments/erasures");
    }

    private static Response adjustment(String id) {
        Response found = given().get("/admin/adjustments/" + id);
        found.then().statusCode(200);
        return found;
    }

    private static String id(Response proposed) {
        return proposed.then().statusCode(201).extract().path("id");
    }

    private static String transfers(UUID user) {
        return String.valueOf(Administrator.run(
                "select string_agg(to_jsonb(transfer)::text, ' ' order by id) from transfer"
                        + " where ? in (debit_account, credit_account)",
                user));
    }

    /** How many records of acts on the account or its adjustments say why, but for those that say why texts were erased. */
    private static String reasons(UUID user) {
        return String.valueOf(Administrator.run(
                "select count(*) from audit_record where details->>'reason' is not null and action <> 'erase'"
                        + " and (object_id = ? or details->>'user_id' = ?)",
                user,
                user.toString()));
    }
}
