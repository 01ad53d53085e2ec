package dev.holdfast.order.placement;

import static dev.holdfast.order.placement.PendingOrders.USER;
import static dev.holdfast.order.placement.PendingOrders.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.payments.OrderMoney;
import io.smallrye.mutiny.Uni;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EarlierHoldsTest {
    private static final OrderIdDerivation NEW_SECRET = OrderIdDerivation.with(new byte[] {1});
    private static final OrderIdDerivation OLD_SECRET = OrderIdDerivation.with(new byte[] {2});
    private static final OrderIds IDS = new OrderIds(() -> NEW_SECRET, () -> Optional.of(OLD_SECRET));

    private final PendingOrder order = pending(NEW_SECRET.id(USER, "my-key", 1), "my-key");
    private final UUID earlierId = OLD_SECRET.id(USER, "my-key", 1);
    private final List<UUID> askedFor = new ArrayList<>();

    @Test
    void aHoldUnderAnEarlierIdIsUsed() {
        PendingOrder used = use(IDS, held(earlierId, USER, "19.9", "HELD", false));
        assertThat(used).isEqualTo(order.under(earlierId, 0));
    }

    @Test
    void aHoldOfALaterAttemptIsUsedToo() {
        UUID second = OLD_SECRET.id(USER, "my-key", 2);
        assertThat(use(IDS, held(second, USER, "19.90", "HELD", false)).id()).isEqualTo(second);
    }

    @Test
    void aHoldThatIsNotHeldOrNotForThisOrderIsLeftAlone() {
        for (OrderMoney unusable : List.of(
                held(earlierId, USER, "19.90", "RELEASED", false),
                held(earlierId, USER, "19.90", "CAPTURED", false),
                held(earlierId, USER, "19.90", "EXPIRED", false),
                held(earlierId, USER, "19.90", "HELD", true),
                held(earlierId, USER, "20.00", "HELD", false),
                held(earlierId, UUID.randomUUID(), "19.90", "HELD", false),
                held(UUID.randomUUID(), USER, "19.90", "HELD", false),
                new OrderMoney(earlierId, null, null, null))) {
            assertThat(use(IDS, unusable)).as(unusable.toString()).isEqualTo(order);
        }
    }

    @Test
    void nothingIsAskedWhereThereIsNoEarlierSecretOrNoKey() {
        use(new OrderIds(() -> NEW_SECRET, Optional::empty));
        new EarlierHolds(IDS, this::ask).use(List.of(pending(null))).await().indefinitely();
        assertThat(askedFor).isEmpty();
    }

    @Test
    void oneCallAsksForAllOrdersOfABatchAndKeepsTheirOrder() {
        PendingOrder plain = pending(null);
        PendingOrder other = pending("other-key");
        List<PendingOrder> used = new EarlierHolds(
                        IDS, ids -> ask(ids).replaceWith(List.of(held(earlierId, USER, "19.90", "HELD", false))))
                .use(List.of(plain, order, other))
                .await()
                .indefinitely();
        assertThat(used).containsExactly(plain, order.under(earlierId, 0), other);
        assertThat(askedFor).contains(earlierId, OLD_SECRET.id(USER, "other-key", 1));
    }

    @Test
    void ordersArePlacedUnderTheirNewIdsWherePaymentsCannotBeAsked() {
        EarlierHolds holds =
                new EarlierHolds(IDS, ids -> Uni.createFrom().failure(new IllegalStateException("no answer")));
        assertThat(holds.use(List.of(order)).await().indefinitely()).containsExactly(order);
    }

    private PendingOrder use(OrderIds ids, OrderMoney... found) {
        return new EarlierHolds(ids, asked -> ask(asked).replaceWith(List.of(found)))
                .use(List.of(order))
                .await()
                .indefinitely()
                .getFirst();
    }

    private Uni<List<OrderMoney>> ask(Collection<UUID> ids) {
        askedFor.addAll(ids);
        return Uni.createFrom().item(List.of());
    }

    private static OrderMoney held(UUID orderId, UUID user, String amount, String status, boolean overdue) {
        return new OrderMoney(
                orderId, new OrderMoney.Hold(user, new BigDecimal(amount), status, Instant.EPOCH, overdue), null, null);
    }
}
