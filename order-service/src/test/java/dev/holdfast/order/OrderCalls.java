package dev.holdfast.order;

import static io.restassured.RestAssured.given;

import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What all tests of the service share, in the same process or not: its database, its broker, payments, and calls of clients. */
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "orders"))
@QuarkusTestResource(FakePayments.class)
public abstract class OrderCalls {
    protected FakePayments payments;

    @AfterEach
    void paymentsBehavesAgain() {
        payments.behave();
    }

    protected static Response place(UUID userId, String body, @Nullable String idempotencyKey) {
        RequestSpecification request = given().queryParam("user_id", userId)
                .contentType(ContentType.JSON)
                .body(body);
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return request.post("/orders");
    }

    /** @param body null for none */
    protected static Response cancel(UUID userId, UUID orderId, @Nullable String body) {
        RequestSpecification request = given().queryParam("user_id", userId);
        if (body == null) {
            request.noContentType();
        } else {
            request.contentType(ContentType.JSON).body(body);
        }
        return request.post("/orders/" + orderId + "/cancel");
    }

    /** @param key null for none */
    protected static Response refund(UUID userId, UUID orderId, String body, @Nullable String key) {
        RequestSpecification request = given().queryParam("user_id", userId)
                .contentType(ContentType.JSON)
                .body(body);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.post("/orders/" + orderId + "/refunds");
    }

    protected static UUID placed(UUID userId, String amount) {
        return id(place(userId, "{\"amount\":" + amount + "}", null));
    }

    protected static UUID id(Response created) {
        return UUID.fromString(created.then().statusCode(201).extract().path("id"));
    }
}
