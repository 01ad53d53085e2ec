package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.order.OrderLifecycle.Step;
import dev.holdfast.order.OrderLifecycle.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole table: each state and each trigger. */
class OrderLifecycleTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AUTHORIZED | CAPTURE_REQUESTED     | REQUEST_PAYMENT
            AUTHORIZED | CANCEL_REQUESTED      | CANCEL
            AUTHORIZED | AUTHORIZATION_EXPIRED | CANCEL
            AUTHORIZED | REFUND_REQUESTED      | REFUSE
            AUTHORIZED | PAYMENT_SUCCEEDED     | FINISH
            AUTHORIZED | PAYMENT_FAILED        | CANCEL
            NEW       | CAPTURE_REQUESTED     | REFUSE
            NEW       | AUTHORIZATION_EXPIRED | IGNORE
            FINISHED  | CAPTURE_REQUESTED     | REFUSE
            FINISHED  | AUTHORIZATION_EXPIRED | IGNORE
            CANCELLED | CAPTURE_REQUESTED     | REFUSE
            CANCELLED | AUTHORIZATION_EXPIRED | IGNORE
            NEW       | PAYMENT_SUCCEEDED | FINISH
            NEW       | PAYMENT_FAILED    | CANCEL
            NEW       | CANCEL_REQUESTED  | CANCEL
            NEW       | REFUND_REQUESTED  | REFUSE
            FINISHED  | PAYMENT_SUCCEEDED | IGNORE
            FINISHED  | PAYMENT_FAILED    | IGNORE
            FINISHED  | CANCEL_REQUESTED  | REFUSE
            FINISHED  | REFUND_REQUESTED  | REFUND
            CANCELLED | PAYMENT_SUCCEEDED | REFUND
            CANCELLED | PAYMENT_FAILED    | IGNORE
            CANCELLED | CANCEL_REQUESTED  | IGNORE
            CANCELLED | REFUND_REQUESTED  | REFUSE
            """)
    void saysWhatFollows(OrderStatus status, Trigger trigger, Step step) {
        assertThat(OrderLifecycle.on(status, trigger)).isEqualTo(step);
    }

    @Test
    void namesTheStatesInWhichAStepFollows() {
        assertThat(OrderLifecycle.states(Trigger.CANCEL_REQUESTED, Step.CANCEL))
                .containsExactly(OrderStatus.AUTHORIZED, OrderStatus.NEW);
        assertThat(OrderLifecycle.states(Trigger.PAYMENT_FAILED, Step.IGNORE))
                .containsExactly(OrderStatus.FINISHED, OrderStatus.CANCELLED);
        assertThat(OrderLifecycle.states(Trigger.PAYMENT_FAILED, Step.REFUSE)).isEmpty();
    }
}
