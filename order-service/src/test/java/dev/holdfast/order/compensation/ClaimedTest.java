package dev.holdfast.order.compensation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClaimedTest {
    @Test
    void pausesDoubleUpToTheLongest() {
        assertThat(pauseAfter(1)).hasMillis(200);
        assertThat(pauseAfter(2)).hasMillis(400);
        assertThat(pauseAfter(9)).hasMillis(51_200);
        assertThat(pauseAfter(10)).hasSeconds(60);
        assertThat(pauseAfter(Integer.MAX_VALUE)).hasSeconds(60);
    }

    private static Duration pauseAfter(int attempt) {
        Compensation compensation = new Compensation(UUID.randomUUID(), Compensation.Kind.RELEASE, UUID.randomUUID());
        return new Claimed(compensation, attempt, Duration.ZERO).backOff(Duration.ofMillis(200), Duration.ofMinutes(1));
    }
}
