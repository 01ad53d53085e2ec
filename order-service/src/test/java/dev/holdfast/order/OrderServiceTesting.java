package dev.holdfast.order;

import static io.restassured.RestAssured.given;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the whole service share: one application, its database, and payments. */
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "orders"))
@QuarkusTestResource(FakePayments.class)
public abstract class OrderServiceTesting {
    protected FakePayments payments;

    @Inject
    protected DataSource database;

    @Inject
    CircuitBreakerMaintenance circuitBreakers;

    @AfterEach
    void paymentsBehavesAgain() {
        payments.behave();
        circuitBreakers.resetAll();
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

    protected static UUID placed(UUID userId, String amount) {
        return id(place(userId, "{\"amount\":" + amount + "}", null));
    }

    protected static UUID id(Response created) {
        return UUID.fromString(created.then().statusCode(201).extract().path("id"));
    }

    /** The first column of the first row, as text; null where there is none. */
    protected @Nullable String query(String sql, Object... parameters) {
        try (Connection connection = database.getConnection()) {
            return Administrator.first(connection, sql, parameters);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Whether orders may have a status that this version does not know. */
    protected void isUpdatedToANewerVersion(boolean yes) {
        Administrator.run("alter table orders drop constraint if exists order_status_is_known");
        if (!yes) {
            Administrator.run("alter table orders add constraint order_status_is_known"
                    + " check (status in ('NEW', 'FINISHED', 'CANCELLED'))");
        }
    }

    /** Whatever its status is, which only a newer version may do to one that is not NEW. */
    protected void setStatus(UUID order, String status) {
        Administrator.run("alter table orders disable trigger terminal_orders_stay");
        Administrator.run("update orders set status = ? where id = ?", status, order);
        Administrator.run("alter table orders enable trigger terminal_orders_stay");
    }

    protected @Nullable String status(UUID orderId) {
        return query("select status from orders where id = ?", orderId);
    }
}
