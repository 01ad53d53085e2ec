package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.event.PaymentRequested;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Retries<PaymentRequested> retries = new Retries<>();

    @Test
    void nothingIsDueBeforeItsTime() {
        retries.later(List.of(received(LONG)), LONG);
        assertThat(retries.due()).isEmpty();
        assertThat(retries.untilNext(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void thoseThatFailedTogetherAreTriedTogether() {
        List<Received<PaymentRequested>> together = List.of(received(LONG), received(LONG));
        retries.later(together, Duration.ZERO);
        assertThat(retries.due()).contains(together);
        assertThat(retries.due()).isEmpty();
    }

    @Test
    void theFirstDueComesFirst() {
        List<Received<PaymentRequested>> second = List.of(received(LONG));
        List<Received<PaymentRequested>> first = List.of(received(LONG));
        retries.later(second, Duration.ofNanos(1));
        retries.later(first, Duration.ofSeconds(-1));
        assertThat(retries.due()).contains(first);
        assertThat(retries.due()).contains(second);
    }

    @Test
    void aBatchWaitsAsLongAsTheMostPatientOfItsMessages() {
        Received<PaymentRequested> tried = received(Duration.ofMillis(100));
        assertThat(retries.later(List.of(tried))).isEqualTo(Duration.ofMillis(100));
        assertThat(retries.later(List.of(received(Duration.ofMillis(100)), tried)))
                .isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void theNextAttemptShortensAnIdleWait() {
        retries.later(List.of(received(LONG)), Duration.ofMillis(50));
        assertThat(retries.untilNext(LONG)).isLessThanOrEqualTo(Duration.ofMillis(50));
    }

    private static Received<PaymentRequested> received(Duration firstPause) {
        PaymentRequested event = new PaymentRequested(
                UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), BigDecimal.ONE, Instant.EPOCH);
        return new Received<>(Message.of(new byte[0]), event, new Backoff(firstPause, LONG));
    }
}
