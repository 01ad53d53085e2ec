package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a hold was removed, whatever is asked for again is answered and done as if it were still there. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class OldHoldsIT {
    private static final Duration RETENTION = Duration.ofDays(30);

    @Inject
    Bank bank;

    @Inject
    Database database;

    @Inject
    OldHolds oldHolds;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void aRepeatedRequestHasNoEffectOnceTheHoldOfACapturedOrderIsRemoved() throws Exception {
        UUID user = bank.account("100");
        UUID order = capturedLongAgo(user);
        removeAll();
        assertThat(bank.holdStatus(order)).isEqualTo("none");

        assertProblem(bank.hold(user, order, "1"), 409, "hold_captured");
        // A part of 2 may have been captured.
        assertProblem(bank.hold(user, order, "2"), 409, "hold_captured");
        assertProblem(bank.release(user, order), 409, "hold_captured");
        for (String others : List.of("", ", " + wish(UUID.randomUUID(), bank.account("5")))) {
            Response together =
                    bank.post("/internal/holds?outcomes=true", "{\"holds\": [" + wish(order, user) + others + "]}");
            assertThat(together.jsonPath().getString("not_taken.'" + order + "'"))
                    .isEqualTo("hold_captured");
        }
        try (OrderSide orders = OrderSide.open()) {
            captures.on(List.of(OrderSide.request(user, order, "1")));
            assertThat(orders.outcome(order)).isEqualTo("succeeded");
            UUID other = capturedLongAgo(user);
            removeAll();
            captures.on(List.of(OrderSide.request(user, other, "2")));
            assertThat(orders.outcome(other)).isEqualTo("hold_mismatch");
        }
        assertThat(bank.transfers(order, "CAPTURE")).isEqualTo(1);
        assertThat(bank.refund(user, order).statusCode()).isEqualTo(200);
        bank.assertMoney(user, "99.00", "0.00");
    }

    @Test
    void reconciliationSeesTheHoldThatWasRemoved() {
        UUID user = bank.account("100");
        UUID order = capturedLongAgo(user);
        String ids = "{\"ids\": [\"" + order + "\"]}";
        String before = "orders[0].hold.status";
        assertThat(bank.post("/internal/reconciliation/orders/by-id", ids)
                        .jsonPath()
                        .getString(before))
                .isEqualTo("CAPTURED");
        removeAll();
        Response after = bank.post("/internal/reconciliation/orders/by-id", ids);
        assertThat(after.jsonPath().getString("orders[0].hold.status")).isEqualTo("CAPTURED");
        assertThat(after.jsonPath().getString("orders[0].hold.user_id")).isEqualTo(user.toString());
        assertThat(after.jsonPath().getInt("orders[0].captured.count")).isEqualTo(1);
    }

    @Test
    void keepsWhatIsYoungOrReleasedAndRemovesWhatExpiredLongAgo() {
        UUID user = bank.account("100");
        UUID captured = bank.held(user, "1");
        captures.on(List.of(OrderSide.request(user, captured, "1")));
        UUID released = bank.held(user, "1");
        bank.release(user, released).then().statusCode(200);
        UUID expired = expired(user, "1 hour");
        UUID expiredLongAgo = expired(user, "31 days");
        database.update(
                "update hold set expires_at = now() - interval '90 days', updated_at = now() - interval '90 days'"
                        + " where order_id = ?",
                released);
        removeAll();
        assertThat(bank.holdStatus(captured)).isEqualTo("CAPTURED");
        assertThat(bank.holdStatus(released)).isEqualTo("RELEASED");
        assertThat(bank.holdStatus(expired)).isEqualTo("EXPIRED");
        assertThat(bank.holdStatus(expiredLongAgo)).isEqualTo("none");
        assertProblem(bank.hold(user, released, "1"), 409, "hold_released");
        assertThat(bank.release(user, released).statusCode()).isEqualTo(200);
        assertThat(bank.hold(user, expiredLongAgo, "1").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "99.00", "1.00");
    }

    @Test
    void leavesExpiredHoldsOfALockedAccountForLater() throws Exception {
        UUID user = bank.account("100");
        UUID order = expired(user, "31 days");
        try (AutoCloseable somebody = bank.lock(List.of(user))) {
            removeAll();
            assertThat(bank.holdStatus(order)).isEqualTo("EXPIRED");
        }
        removeAll();
        assertThat(bank.holdStatus(order)).isEqualTo("none");
    }

    /** In small steps, as with more than one transaction can do. */
    private void removeAll() {
        while (oldHolds.removeCaptured(RETENTION, 2).full()) {}
        while (oldHolds.removeExpired(RETENTION, 2).full()) {}
    }

    private UUID expired(UUID user, String ago) {
        return database.first(
                        "insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)"
                                + " values (uuidv7(), ?, 1, 'EXPIRED', now() - ?::interval, now(), now()) returning order_id",
                        row -> row.getObject(1, UUID.class),
                        user,
                        ago)
                .orElseThrow();
    }

    /** Paid 1 for it; the service itself dates no transfer before the account's last one. */
    private UUID capturedLongAgo(UUID user) {
        UUID order =
                database.first("""
                        with paid as (
                            update account set balance = balance - 1, booked_at = now() - interval '41 days'
                             where user_id = ? returning user_id),
                        held as (
                            insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                            select uuidv7(interval '-40 days'), user_id, 1, 'CAPTURED', now(), now(), now() from paid
                            returning order_id, user_id)
                        insert into transfer (id, debit_account, credit_account, amount, kind, order_id, created_at)
                        select uuidv7(interval '-40 days'), user_id, '00000000-0000-0000-0000-000000000002', 1, 'CAPTURE',
                               order_id, now() - interval '40 days' from held returning order_id
                        """, row -> row.getObject(1, UUID.class), user).orElseThrow();
        Administrator.run("update transfer set created_at = now() - interval '40 days' where order_id = ?", order);
        return order;
    }

    private static String wish(UUID order, UUID user) {
        return "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 1}".formatted(order, user);
    }

    private static void assertProblem(Response answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.jsonPath().getString("code")).isEqualTo(code);
    }
}
