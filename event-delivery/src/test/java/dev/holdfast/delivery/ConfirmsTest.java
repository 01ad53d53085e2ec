package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmsTest {
    private static final Duration NO_TIME = Duration.ofMillis(1);
    private static final long FIRST_TAG = 7;
    private static final String MISSING = "not confirmed by the broker";

    private final Confirms confirms = new Confirms(FIRST_TAG, List.of("a", "b", "c"));

    @Test
    void eachMessageThatIsConfirmedIsSafe() throws InterruptedException {
        confirms.settle(FIRST_TAG + 2, false, null);
        confirms.settle(FIRST_TAG, false, null);
        assertThat(confirms.await(NO_TIME)).isFalse();
        assertThat(confirms.outcomes()).containsExactly(null, MISSING, null);
        confirms.settle(FIRST_TAG + 1, false, null);
        assertThat(confirms.await(NO_TIME)).isTrue();
        assertThat(confirms.outcomes()).containsOnlyNulls();
    }

    @Test
    void oneConfirmOfManyLeavesOutThoseBehindIt() throws InterruptedException {
        confirms.settle(FIRST_TAG + 1, true, null);
        assertThat(confirms.await(NO_TIME)).isFalse();
        assertThat(confirms.outcomes()).containsExactly(null, null, MISSING);
    }

    @Test
    void aRefusalIsOfThoseThatHadNoAnswerYet() throws InterruptedException {
        confirms.settle(FIRST_TAG, false, null);
        confirms.settle(FIRST_TAG + 2, true, "refused");
        assertThat(confirms.await(NO_TIME)).isTrue();
        assertThat(confirms.outcomes()).containsExactly(null, "refused", "refused");
    }

    @Test
    void aMessageThatNoQueueTookIsNotSafeThoughItIsConfirmed() {
        confirms.returned("b", "not routed");
        confirms.settle(FIRST_TAG + 2, true, null);
        assertThat(confirms.outcomes()).containsExactly(null, "not routed", null);
    }

    @Test
    void theReturnOfAMessageOfSomebodyElseChangesNothing() {
        confirms.returned("x", "not routed");
        confirms.settle(FIRST_TAG + 2, true, null);
        assertThat(confirms.outcomes()).containsOnlyNulls();
    }

    @Test
    void aConfirmOfAnEarlierBatchSaysNothing() {
        confirms.settle(FIRST_TAG - 1, true, null);
        assertThat(confirms.outcomes()).containsOnly(MISSING);
    }

    @Test
    void aSecondAnswerDoesNotChangeTheFirst() {
        confirms.settle(FIRST_TAG, false, null);
        confirms.settle(FIRST_TAG, false, "refused");
        assertThat(confirms.outcomes().getFirst()).isNull();
    }

    @Test
    void whatWasNeverSentIsNotWaitedFor() throws InterruptedException {
        confirms.endAt(1);
        assertThat(confirms.await(NO_TIME)).isFalse();
        confirms.settle(FIRST_TAG, false, null);
        assertThat(confirms.await(NO_TIME)).isTrue();
        assertThat(confirms.outcomes()).containsExactly(null, MISSING, MISSING);
    }

    @Test
    void whoWaitsIsToldAtOnceThatTheChannelIsGone() throws InterruptedException {
        confirms.abandon();
        assertThat(confirms.await(Duration.ofDays(1))).isFalse();
        assertThat(confirms.outcomes()).containsOnly(MISSING);
    }
}
