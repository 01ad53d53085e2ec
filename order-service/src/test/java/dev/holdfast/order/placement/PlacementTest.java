package dev.holdfast.order.placement;

import static dev.holdfast.order.placement.PendingOrders.order;
import static dev.holdfast.order.placement.PendingOrders.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.Order;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void anOrderOfTheSameKeyAndBodyIsReplayed() {
        Order order = order(request("19.9", "my-key"));
        assertThat(Placement.replay(request("19.90", "my-key"), order)).isEqualTo(new Placement.Replayed(order));
    }

    @Test
    void anOrderOfTheSameKeyAndAnotherBodyTellsThatTheKeyIsUsed() {
        Order order = order(request("20", "my-key"));
        assertThat(Placement.replay(request("19.90", "my-key"), order)).isEqualTo(new Placement.KeyReused());
    }

    @Test
    void anOrderWithoutAKeyIsTheOneThatThisRequestHasPlaced() {
        Order order = order(request("19.90", null));
        assertThat(Placement.replay(request("19.90", null), order)).isEqualTo(new Placement.Placed(order));
    }
}
