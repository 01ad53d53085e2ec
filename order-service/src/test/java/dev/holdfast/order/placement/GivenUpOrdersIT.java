package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Orders whose money may be held though they were not stored; each case is put into the tables. */
@QuarkusTest
class GivenUpOrdersIT extends PlacementTesting {
    @Inject
    GivenUpOrders givenUpOrders;

    @Inject
    Orders orders;

    @Test
    void clientsAreToldWhyNothingWasOrderedAndTheMoneyIsReleased() {
        PendingOrder unanswered = held(null);
        givenUpOrders.giveUp(List.of(unanswered), null);
        assertThat(unanswered.outcome()).isCompletedWithValue(new Placement.PaymentsUnavailable());
        PendingOrder notStored = held("my-key");
        IllegalStateException failure = new IllegalStateException("no database");
        givenUpOrders.giveUp(List.of(notStored), failure);
        assertThat(notStored.outcome())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(failure);
        for (PendingOrder each : List.of(unanswered, notStored)) {
            await().untilAsserted(
                            () -> assertThat(payments.holdStatus(each.id())).isEqualTo(HoldStatus.RELEASED));
        }
    }

    @Test
    void anOrderThatWasStoredAfterAllIsTheAnswerAndKeepsItsHold() {
        PendingOrder stored = held(null);
        PendingOrder lost = held(null);
        store(stored.id(), stored.request());
        givenUpOrders.giveUp(List.of(stored, lost), new IllegalStateException("the answer to the commit was lost"));
        assertThat(ContestedOrdersIT.answer(stored)).isEqualTo("Placed " + stored.id());
        assertThat(query("select count(*) from compensation where order_id = ?", stored.id()))
                .isEqualTo("0");
        assertThat(lost.outcome()).isCompletedExceptionally();
        await().untilAsserted(() -> assertThat(payments.holdStatus(lost.id())).isEqualTo(HoldStatus.RELEASED));
        assertThat(payments.holdStatus(stored.id())).isEqualTo(HoldStatus.HELD);
    }

    @Test
    void theOrderThatAnotherRequestWithTheKeyHasPlacedIsTheAnswerAndTheMoneyIsReleased() {
        PendingOrder lost = held("my-key");
        UUID winner = UUID.randomUUID();
        store(winner, lost.request());
        givenUpOrders.giveUp(List.of(lost), null);
        assertThat(ContestedOrdersIT.answer(lost)).isEqualTo("Replayed " + winner);
        await().untilAsserted(() -> assertThat(payments.holdStatus(lost.id())).isEqualTo(HoldStatus.RELEASED));
    }

    @Test
    void anIdThatIsGivenUpAgainIsReleasedAgain() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("10.00"), null, "again");
        UUID id = first(request);
        givenUpOrders.giveUp(Map.of(id, request));
        query("update compensation set created_at = now() - interval '1 hour' where order_id = ?", id);
        givenUpOrders.giveUp(Map.of(id, request));
        payments.hold(user, id, request.amount());
        await().untilAsserted(() -> assertThat(payments.available(user)).isEqualByComparingTo("100"));
    }

    /** Two replicas have the same key: one stores the order while the other, whose answer was lost, gives it up. */
    @Test
    void anOrderThatIsBeingStoredKeepsItsHoldThoughAnotherReplicaGivesItsIdUp() throws Exception {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        UUID id = first(request);
        payments.hold(user, id, request.amount());
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement();
                ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            // What it waits for comes after the lock on its id.
            statement.execute("insert into orders (id, user_id, amount, idempotency_key, created_at, updated_at)"
                    + " values (uuidv7(), '" + user + "', 1, 'my-key', now(), now())");
            Future<Set<UUID>> stored = replicas.submit(
                    () -> orders.add(List.of(Order.create(id, request, Instant.now())), Duration.ofSeconds(2)));
            await().until(() -> !"0"
                    .equals(query("select count(*) from pg_locks where not granted and locktype = 'transactionid'")));
            Future<Map<UUID, Order>> given = replicas.submit(() -> givenUpOrders.giveUp(Map.of(id, request)));
            await().until(() ->
                    !"0".equals(query("select count(*) from pg_locks where not granted and locktype = 'advisory'")));
            other.rollback();
            assertThat(stored.get()).containsExactly(id);
            assertThat(given.get()).containsKey(id);
        }
        assertThat(payments.calls(id)).isEmpty();
        assertThat(query("select count(*) from compensation where order_id = ?", id))
                .isEqualTo("0");
        assertThat(id(place(user, "{\"amount\":19.9}", "my-key"))).isEqualTo(id);
    }

    @Test
    void anIdThatWasGivenUpIsNeverStored() {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, "my-key");
        UUID id = first(request);
        payments.hold(user, id, request.amount());
        assertThat(givenUpOrders.giveUp(Map.of(id, request))).isEmpty();
        assertThat(orders.add(List.of(Order.create(id, request, Instant.now())), Duration.ofSeconds(1)))
                .isEmpty();
        assertThat(id(place(user, "{\"amount\":19.9}", "my-key"))).isNotEqualTo(id);
        await().untilAsserted(() -> assertThat(payments.available(user)).isEqualByComparingTo("80.10"));
    }

    private PendingOrder held(@Nullable String key) {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal("19.90"), null, key);
        PendingOrder pending = PendingOrder.first(first(request), request, null);
        payments.hold(user, pending.id(), request.amount());
        return pending;
    }

    private void store(UUID id, OrderRequest request) {
        assertThat(orders.add(List.of(Order.create(id, request, Instant.now())), Duration.ofSeconds(1)))
                .containsExactly(id);
    }
}
