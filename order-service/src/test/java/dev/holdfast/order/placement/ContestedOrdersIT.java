package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.Orders;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of an order whose money is held when somebody else was first; each case is put into the tables. */
@QuarkusTest
class ContestedOrdersIT extends PlacementTesting {
    @Inject
    ContestedOrders contestedOrders;

    @Inject
    GivenUpOrders givenUpOrders;

    @Inject
    Orders orders;

    private final List<PendingOrder> idsUsedUp = new ArrayList<>();

    @Test
    void theOrderOfTheSameIdKeepsItsHold() {
        PendingOrder pending = held("my-key", "10");
        Order winner = stored(pending.id(), pending.request());
        settle(pending);
        assertThat(answer(pending)).isEqualTo("Replayed " + winner.id);
        assertThat(payments.calls(pending.id())).isEmpty();
        assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.HELD);
    }

    @Test
    void theHoldIsReleasedWhereAnotherIdHasWonTheKey() {
        PendingOrder pending = held("my-key", "10");
        Order winner = stored(UUID.randomUUID(), pending.request());
        settle(pending);
        assertThat(answer(pending)).isEqualTo("Replayed " + winner.id);
        assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.RELEASED);
    }

    @Test
    void theHoldIsReleasedWhereTheKeyHasAnOrderOfAnotherAmount() {
        PendingOrder pending = held("my-key", "10");
        stored(UUID.randomUUID(), new OrderRequest(pending.request().userId(), BigDecimal.ONE, null, "my-key"));
        settle(pending);
        assertThat(pending.outcome()).isCompletedWithValue(new Placement.KeyReused());
        assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.RELEASED);
    }

    @Test
    void theNextIdIsTriedWhereThisOneWasGivenUp() {
        PendingOrder pending = held("my-key", "10");
        givenUpOrders.giveUp(Map.of(pending.id(), pending.request()));
        assertThat(orders.add(List.of(order(pending.id(), pending.request())), Duration.ofSeconds(1)))
                .isEmpty();
        settle(pending);
        assertThat(idsUsedUp).containsExactly(pending);
        assertThat(pending.outcome()).isNotDone();
        assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.RELEASED);
    }

    @Test
    void theReleaseIsRecordedWherePaymentsGivesNoAnswer() {
        PendingOrder pending = held("my-key", "10");
        Order winner = stored(UUID.randomUUID(), pending.request());
        payments.misbehave("/releases", Behaviour.FAIL_BEFORE_PROCESSING);
        settle(pending);
        assertThat(answer(pending)).isEqualTo("Replayed " + winner.id);
        assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.HELD);
        assertThat(query("select kind from compensation where order_id = ?", pending.id()))
                .isEqualTo("ABANDON");
        payments.behave();
        await().untilAsserted(
                        () -> assertThat(payments.holdStatus(pending.id())).isEqualTo(HoldStatus.RELEASED));
    }

    @Test
    void anOrderThatFailedWithItsBatchIsStoredByItself() {
        PendingOrder pending = held("my-key", "10");
        contestedOrders.store(pending, idsUsedUp::add);
        assertThat(answer(pending)).isEqualTo("Placed " + pending.id());
        assertThat(payments.calls(pending.id())).isEmpty();
        assertThat(query("select type from outbox where order_id = ?", pending.id()))
                .isEqualTo("payment_requested");
    }

    private PendingOrder held(String key, String amount) {
        UUID user = payments.openAccount("100");
        OrderRequest request = new OrderRequest(user, new BigDecimal(amount), null, key);
        PendingOrder pending = PendingOrder.first(first(request), request, null);
        payments.hold(user, pending.id(), request.amount());
        return pending;
    }

    private Order stored(UUID id, OrderRequest request) {
        Order order = order(id, request);
        assertThat(orders.add(List.of(order), Duration.ofSeconds(1))).containsExactly(id);
        return order;
    }

    private static Order order(UUID id, OrderRequest request) {
        return Order.create(id, request, Instant.now());
    }

    private void settle(PendingOrder pending) {
        contestedOrders.settle(pending, idsUsedUp::add);
    }

    static String answer(PendingOrder pending) {
        return switch (pending.outcome().getNow(null)) {
            case Placement.Placed(Order order) -> "Placed " + order.id;
            case Placement.Replayed(Order order) -> "Replayed " + order.id;
            case null -> "none";
            case Placement other -> other.toString();
        };
    }
}
