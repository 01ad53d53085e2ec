package dev.holdfast.order.placement;

import static dev.holdfast.order.placement.PendingOrders.order;
import static dev.holdfast.order.placement.PendingOrders.pending;
import static dev.holdfast.order.placement.PendingOrders.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.payments.HoldAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EarlierOrdersTest {
    private static final HoldAnswer.Refused REFUSAL = new HoldAnswer.InsufficientFunds();

    private final List<Order> placed = new ArrayList<>();
    private final List<OrderRequest> askedFor = new ArrayList<>();
    private final List<PendingOrder> queued = new ArrayList<>();
    private final EarlierOrders earlierOrders = new EarlierOrders(requests -> {
        askedFor.addAll(requests);
        return placed;
    });

    @Test
    void aRequestIsAnsweredByTheOrderThatItsKeyHas() {
        Order order = placed("19.90", "my-key");
        PendingOrder repeated = pending("my-key");
        assertThat(earlierOrders.settle(List.of(repeated), queued::add)).isEmpty();
        assertThat(repeated.outcome()).isCompletedWithValue(new Placement.Replayed(order));
    }

    @Test
    void aKeyOfAnOrderIsForNoOtherRequest() {
        placed("20", "my-key");
        PendingOrder different = pending("my-key");
        assertThat(earlierOrders.settle(List.of(different), queued::add)).isEmpty();
        assertThat(different.outcome()).isCompletedWithValue(new Placement.KeyReused());
    }

    @Test
    void requestsWhoseKeysHaveNoOrderStayInTheBatch() {
        placed("19.90", "my-key");
        PendingOrder plain = pending(null);
        PendingOrder keyed = pending("other-key");
        assertThat(earlierOrders.settle(List.of(plain, keyed), queued::add)).containsExactly(plain, keyed);
        assertThat(askedFor).containsExactly(keyed.request());
        assertThat(plain.outcome()).isNotDone();
        assertThat(keyed.outcome()).isNotDone();
    }

    @Test
    void copiesOfARequestWaitForTheFirstOfThem() {
        PendingOrder first = pending("my-key");
        PendingOrder copy = pending(first.id(), "my-key");
        PendingOrder otherCopy = pending(first.id(), "my-key");
        assertThat(earlierOrders.settle(List.of(first, copy, otherCopy), queued::add))
                .containsExactly(first);
        assertThat(queued).isEmpty();
        first.settle(new Placement.PaymentsUnavailable());
        assertThat(queued).containsExactlyInAnyOrder(copy, otherCopy);
        assertThat(copy.outcome()).isNotDone();
    }

    @Test
    void copiesOfARequestThatFailsAreTriedAfterIt() {
        PendingOrder first = pending("my-key");
        PendingOrder copy = pending(first.id(), "my-key");
        earlierOrders.settle(List.of(first, copy), queued::add);
        first.fail(new IllegalStateException("no database"));
        assertThat(queued).containsExactly(copy);
    }

    @Test
    void aRefusalStandsWhereNobodyHasPlacedAnOrderOfItsKey() {
        PendingOrder refused = pending("my-key");
        earlierOrders.refuse(Map.of(refused, REFUSAL));
        assertThat(refused.outcome()).isCompletedWithValue(new Placement.Refused(REFUSAL));
    }

    @Test
    void aRefusalIsOverruledByTheOrderThatAnotherRequestHasPlacedMeanwhile() {
        Order order = placed("19.90", "my-key");
        PendingOrder overruled = pending("my-key");
        PendingOrder refused = pending("other-key");
        earlierOrders.refuse(Map.of(overruled, REFUSAL, refused, REFUSAL));
        assertThat(overruled.outcome()).isCompletedWithValue(new Placement.Replayed(order));
        assertThat(refused.outcome()).isCompletedWithValue(new Placement.Refused(REFUSAL));
    }

    @Test
    void aRefusalThatCannotBeCheckedFailsOnlyItsOwnRequest() {
        IllegalStateException failure = new IllegalStateException("no database");
        PendingOrder refused = pending("my-key");
        new EarlierOrders(requests -> {
                    throw failure;
                })
                .refuse(Map.of(refused, REFUSAL));
        assertThat(refused.outcome())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(failure);
    }

    private Order placed(String amount, String key) {
        Order order = order(request(amount, key));
        placed.add(order);
        return order;
    }
}
