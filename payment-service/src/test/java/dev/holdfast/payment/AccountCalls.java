package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.response.Response;
import java.math.BigDecimal;
import java.util.UUID;

/** What the tests do with accounts, by REST as a client would. */
public class AccountCalls {
    /** A new user with this much money. */
    public UUID account(String balance) {
        UUID user = UUID.randomUUID();
        given().post("/accounts/" + user).then().statusCode(201);
        if (new BigDecimal(balance).signum() > 0) {
            deposit(user, balance).then().statusCode(200);
        }
        return user;
    }

    public Response get(UUID user) {
        return given().get("/accounts/" + user);
    }

    public Response deposit(UUID user, String amount) {
        return post("/accounts/" + user + "/deposit", "{\"amount\": " + amount + "}");
    }

    public Response deposit(UUID user, String amount, String key) {
        return move(user, "deposit", amount, key);
    }

    public Response withdraw(UUID user, String amount) {
        return post("/accounts/" + user + "/withdraw", "{\"amount\": " + amount + "}");
    }

    public Response withdraw(UUID user, String amount, String key) {
        return move(user, "withdraw", amount, key);
    }

    private static Response move(UUID user, String act, String amount, String key) {
        return given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body("{\"amount\": " + amount + "}")
                .post("/accounts/" + user + "/" + act);
    }

    public Response hold(UUID user, UUID order, String amount) {
        return post("/accounts/" + user + "/hold", "{\"order_id\": \"" + order + "\", \"amount\": " + amount + "}");
    }

    public Response hold(UUID user, UUID order, String amount, int expiresInSeconds) {
        return post(
                "/accounts/" + user + "/hold",
                "{\"order_id\": \"" + order + "\", \"amount\": " + amount + ", \"expires_in_seconds\": "
                        + expiresInSeconds + "}");
    }

    /** As order-service asks for it. */
    public Response holdForOrder(UUID user, UUID order, String amount) {
        return post(
                "/internal/holds",
                "{\"holds\": [{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": %s}]}"
                        .formatted(order, user, amount));
    }

    public Response release(UUID user, UUID order) {
        return post("/accounts/" + user + "/release", "{\"order_id\": \"" + order + "\"}");
    }

    /** As order-service asks for it. */
    public Response cancel(UUID user, UUID order, String amount) {
        return post(
                "/internal/cancellations",
                "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": %s}".formatted(order, user, amount));
    }

    public Response refund(UUID user, UUID order) {
        return post("/internal/refunds", "{\"order_id\": \"" + order + "\", \"user_id\": \"" + user + "\"}");
    }

    /** As order-service asks for a refund of a FINISHED order. */
    public Response refundPart(UUID user, UUID order, UUID refund, String amount) {
        return post(
                "/internal/refunds/parts",
                "{\"refund_id\": \"%s\", \"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": %s}"
                        .formatted(refund, order, user, amount));
    }

    /** As an operator, freezes, unfreezes or closes the account. */
    public Response change(UUID user, String change) {
        return post("/admin/accounts/" + user + "/" + change, "{\"reason\": \"a test\"}");
    }

    public Response propose(UUID user, String direction, String amount, String operator) {
        return given().contentType("application/json")
                .header("X-Operator", operator)
                .body(proposal(user, direction, amount))
                .post("/admin/adjustments");
    }

    public static String proposal(UUID user, String direction, String amount) {
        return "{\"user_id\": \"%s\", \"direction\": \"%s\", \"amount\": %s, \"reason\": \"a test\"}"
                .formatted(user, direction, amount);
    }

    public Response approve(String adjustment, String operator) {
        return given().header("X-Operator", operator).post("/admin/adjustments/" + adjustment + "/approve");
    }

    public Response reject(String adjustment, String operator) {
        return given().contentType("application/json")
                .header("X-Operator", operator)
                .body("{\"reason\": \"a test\"}")
                .post("/admin/adjustments/" + adjustment + "/reject");
    }

    public Response post(String path, String body) {
        return given().contentType("application/json").body(body).post(path);
    }

    public void assertMoney(UUID user, String balance, String held) {
        String account = get(user).asString();
        assertThat(account)
                .contains("\"balance\":" + balance + ",", "\"held\":" + held + ",")
                .contains("\"available\":"
                        + new BigDecimal(balance).subtract(new BigDecimal(held)).toPlainString() + ",");
    }
}
