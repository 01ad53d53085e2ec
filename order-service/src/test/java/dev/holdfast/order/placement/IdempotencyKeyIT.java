package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One order comes of a key, however often and by however many requests at once it is sent. */
@QuarkusTest
class IdempotencyKeyIT extends PlacementTesting {
    @Inject
    OrderIdSecrets secrets;

    @Inject
    Orders orders;

    @Test
    void oneOrderComesOfFiftyRequestsWithOneKey() throws Exception {
        UUID user = payments.openAccount("100");
        String key = UUID.randomUUID().toString();
        List<Response> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(50)) {
            List<Future<Response>> running = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                running.add(clients.submit(() -> place(user, KETTLE, key)));
            }
            for (Future<Response> each : running) {
                answers.add(each.get());
            }
        }
        Set<String> bodies = new HashSet<>();
        answers.forEach(
                answer -> bodies.add(answer.then().statusCode(201).extract().asString()));
        assertThat(bodies).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.header("Idempotency-Replayed") == null))
                .hasSize(1);
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("1");
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
    }

    @Test
    void theAnswerOfAKeyStaysTheSameWhenTheOrderHasEnded() {
        UUID user = payments.openAccount("19.90");
        Response first = place(user, KETTLE, "my-key");
        query(
                "update orders set status = 'CANCELLED', reason = 'hold_released', updated_at = now() where id = ?",
                id(first));
        Response second = place(user, "{\"description\":\"A kettle ☕\",\"amount\":1990e-2}", "my-key");
        second.then().statusCode(201).header("Idempotency-Replayed", "true");
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    }

    @Test
    void aKeyIsForOneBodyOnly() {
        UUID user = payments.openAccount("100");
        place(user, KETTLE, "my-key").then().statusCode(201);
        place(user, "{\"amount\":20,\"description\":\"A kettle ☕\"}", "my-key")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"));
        place(user, "{\"amount\":19.90}", "my-key").then().statusCode(422);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
        place(payments.openAccount("100"), KETTLE, "my-key").then().statusCode(201);
    }

    @Test
    void aKeyWhoseHoldWasReleasedIsPlacedByItsNextAttempt() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/internal/holds", Behaviour.DROP_THE_ANSWER);
        assertUnavailable(place(user, KETTLE, "my-key"));
        payments.behave();
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.holdsOf(user))
                .extracting(Hold::status)
                .containsExactlyInAnyOrder(HoldStatus.RELEASED, HoldStatus.HELD);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
    }

    @Test
    void aKeyThatWasRefusedMayBeTriedAgain() {
        UUID user = payments.openAccount("0");
        place(user, KETTLE, "my-key").then().statusCode(402);
        place(user, KETTLE, "my-key").then().statusCode(402);
    }

    @Test
    void aKeyIsUsedUpWhenEachOfItsHoldsWasReleased() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        candidates(request).forEach(id -> {
            payments.hold(user, id, request.amount());
            payments.release(user, id);
        });
        place(user, KETTLE, "my-key").then().statusCode(409).body("code", equalTo("idempotency_key_exhausted"));
        assertNothingIsReserved(user, HoldStatus.RELEASED);
    }

    @Test
    void aHoldThatACrashHasLeftForAnotherAmountDoesNotBlockTheKey() {
        UUID user = payments.openAccount("100");
        OrderRequest crashed = new OrderRequest(user, new BigDecimal("50"), null, "my-key");
        UUID left = first(crashed);
        payments.hold(user, left, crashed.amount());
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(order).isNotEqualTo(left);
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(order);
    }

    @Test
    void aHoldOfSomebodyElseUnderAnIdOfTheKeyDoesNotBlockIt() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), "A kettle ☕", "my-key");
        Stream.concat(ids.earlier(request).stream(), candidates(request).limit(3))
                .forEach(id -> payments.put(id, payments.openAccount("0"), "19.90", HoldStatus.HELD));
        UUID order = id(place(user, KETTLE, "my-key"));
        assertThat(order).isEqualTo(candidates(request).skip(3).findFirst().orElseThrow());
    }

    @Test
    void aRepeatedRequestMeetsTheHoldThatTheLastVersionTookUnderItsId() {
        UUID user = payments.openAccount("20");
        UUID ofTheLastVersion = UuidCreator.getNameBasedSha1(user, "1:my-key");
        payments.hold(user, ofTheLastVersion, new BigDecimal("19.90"));
        useSecretSince("now()");
        try {
            assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(ofTheLastVersion);
            assertThat(payments.holdsOf(user)).hasSize(1);
        } finally {
            useSecretSince("now() - interval '1 day'");
        }
    }

    private void useSecretSince(String time) {
        Administrator.run("update order_id_secret set used_from = " + time);
        secrets.read();
    }

    @Test
    void aRepeatedRequestMeetsItsHoldAlsoAfterTheSecretHasChanged() {
        UUID user = payments.openAccount("20");
        UUID before = first(new OrderRequest(user, new BigDecimal("19.90"), null, "my-key"));
        payments.hold(user, before, new BigDecimal("19.90"));
        Administrator.run("insert into order_id_secret (used_from) values (now())");
        try {
            secrets.read();
            assertThat(first(new OrderRequest(user, new BigDecimal("19.90"), null, "my-key")))
                    .isNotEqualTo(before);
            assertThat(id(place(user, KETTLE, "my-key"))).isEqualTo(before);
            assertThat(payments.holdsOf(user)).hasSize(1);
        } finally {
            Administrator.run("delete from order_id_secret where id = (select max(id) from order_id_secret)");
            secrets.read();
        }
    }

    @Test
    void aNewSecretIsUsedOnceAllReplicasKnowIt() {
        OrderRequest request = new OrderRequest(UUID.randomUUID(), BigDecimal.ONE, null, "my-key");
        UUID before = first(request);
        for (int several = 0; several < 4; several++) {
            Administrator.run("insert into order_id_secret default values");
        }
        secrets.read();
        assertThat(first(request)).isEqualTo(before);
        Administrator.run("delete from order_id_secret where used_from > now()");
        secrets.read();
    }

    @Test
    void aKeyThatSomebodyIsStoringFailsNoneOfThoseThatComeWithIt() throws Exception {
        UUID user = payments.openAccount("10000");
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("insert into orders (id, user_id, amount, idempotency_key, created_at, updated_at)"
                    + " values (uuidv7(), '" + user + "', 1, 'contested', now(), now())");
            assertThat(statuses(64, i -> place(user, KETTLE, i == 20 ? "contested" : i % 2 == 0 ? "key" + i : null)))
                    .satisfies(all -> assertThat(all.get(20)).isEqualTo(503))
                    .satisfies(all -> assertThat(all.stream().filter(status -> status == 201))
                            .hasSize(63));
            other.rollback();
        }
    }
}
