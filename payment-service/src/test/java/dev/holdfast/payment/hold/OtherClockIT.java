package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The service's clock is an hour ahead: nothing about money is decided or dated by it. */
@QuarkusTest
@TestProfile(OtherClockIT.Ahead.class)
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class OtherClockIT {
    public static class Ahead implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("clock.offset", "PT1H");
        }
    }

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void holdsExpireByTheDatabasesClock() {
        UUID user = bank.account("10");
        Response hold = bank.hold(user, UUID.randomUUID(), "4");
        assertNearTwoMinutes(Instant.parse(hold.jsonPath().getString("expires_at")));
        bank.assertMoney(user, "10.00", "4.00");
        // No hold is taken for an expired one.
        assertThat(bank.hold(user, UUID.randomUUID(), "7").statusCode()).isEqualTo(402);
        UUID lone = UUID.randomUUID();
        UUID together = UUID.randomUUID();
        bank.post("/internal/holds", "{\"holds\": [" + wish(lone, user) + "]}")
                .then()
                .statusCode(200);
        bank.post(
                        "/internal/holds",
                        "{\"holds\": [" + wish(together, user) + "," + wish(UUID.randomUUID(), user) + "]}")
                .then()
                .statusCode(200);
        for (UUID order : List.of(lone, together)) {
            assertNearTwoMinutes(
                    Instant.parse(bank.hold(user, order, "1").jsonPath().getString("expires_at")));
        }
        bank.assertMoney(user, "10.00", "7.00");
    }

    @Test
    void sweepsAndRetakesByTheDatabasesClock() {
        UUID user = bank.account("10");
        UUID open = bank.held(user, "4");
        UUID expired = bank.held(user, "6");
        bank.expire(expired);
        await().atMost(Duration.ofSeconds(6))
                .until(() -> bank.holdStatus(expired).equals("EXPIRED"));
        assertThat(bank.holdStatus(open)).isEqualTo("HELD");
        captures.on(List.of(OrderSide.request(user, expired, "6")));
        assertThat(bank.holdStatus(expired)).isEqualTo("CAPTURED");
        assertThat(bank.holdStatus(open)).isEqualTo("HELD");
        bank.assertMoney(user, "4.00", "4.00");
    }

    @Test
    void accountsAndTransfersAreDatedByTheDatabasesClock() {
        UUID user = bank.account("10");
        assertNear(Instant.parse(bank.get(user).jsonPath().getString("updated_at")), Duration.ZERO);
        String at = io.restassured.RestAssured.given()
                .get("/accounts/" + user + "/transfers")
                .jsonPath()
                .getString("[0].created_at");
        assertNear(Instant.parse(at), Duration.ZERO);
    }

    private static void assertNearTwoMinutes(Instant expiresAt) {
        assertNear(expiresAt, Duration.ofMinutes(2));
    }

    private static void assertNear(Instant moment, Duration fromNow) {
        assertThat(Duration.between(Instant.now().plus(fromNow), moment).abs()).isLessThan(Duration.ofSeconds(30));
    }

    private static String wish(UUID order, UUID user) {
        return "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 1}".formatted(order, user);
    }
}
