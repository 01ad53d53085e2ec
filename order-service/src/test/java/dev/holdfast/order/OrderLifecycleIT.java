package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The database allows what the table of an order's life says, and nothing else. */
@QuarkusTest
class OrderLifecycleIT extends OrderServiceTesting {
    @Test
    void theDatabaseKnowsTheSameStates() {
        assertThat(literals("order_status_is_known"))
                .isEqualTo(Arrays.stream(OrderStatus.values()).map(Enum::name).collect(Collectors.toSet()));
    }

    @Test
    void theHistoryKnowsEachTerminalState() {
        assertThat(literals("order_event_type_is_known"))
                .containsAll(Arrays.stream(OrderStatus.values())
                        .filter(OrderStatus::isTerminal)
                        .map(Enum::name)
                        .toList());
    }

    @Test
    void aTerminalOrderNeverChangesItsState() {
        for (OrderStatus status : OrderStatus.values()) {
            for (Trigger trigger : Trigger.values()) {
                boolean changes = Set.of(Step.FINISH, Step.CANCEL, Step.REQUEST_PAYMENT)
                        .contains(OrderLifecycle.on(status, trigger));
                assertThat(changes && status.isTerminal())
                        .as("%s in %s", trigger, status)
                        .isFalse();
            }
            if (status.isTerminal()) {
                UUID order = ended(status);
                for (OrderStatus other : OrderStatus.values()) {
                    assertThatThrownBy(() -> become(order, other))
                            .hasStackTraceContaining("is " + status + " and stays so");
                }
            }
        }
    }

    /** Its money is where its status says, so that it is no discrepancy. */
    private UUID ended(OrderStatus status) {
        UUID order = placed(payments.openAccount("1"), "1");
        if (status == OrderStatus.FINISHED) {
            payments.capture(order);
        } else {
            payments.forget(order);
        }
        become(order, status);
        return order;
    }

    private void become(UUID order, OrderStatus status) {
        query(
                "update orders set status = ?, reason = ? where id = ? returning 1",
                status.name(),
                status == OrderStatus.CANCELLED ? "hold_released" : null,
                order);
    }

    private Set<String> literals(String constraint) {
        String definition = query("select pg_get_constraintdef(oid) from pg_constraint where conname = ?", constraint);
        return Pattern.compile("'(\\w+)'")
                .matcher(String.valueOf(definition))
                .results()
                .map((MatchResult literal) -> literal.group(1))
                .collect(Collectors.toSet());
    }
}
