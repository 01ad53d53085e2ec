package dev.holdfast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** 1,000 bytes a second at least, over 10 seconds, looked at 4 times a second. */
class DrainRateTest {
    private final DrainRate rate = new DrainRate(1_000, Duration.ofSeconds(10));
    private long nowNanos = 17;
    private long taken;

    @Test
    void aClientThatTakesNothingIsTooSlowAfterAWindow() {
        assertThat(secondsUntilTooSlow(0, 60)).isBetween(10.0, 10.5);
    }

    @Test
    void aClientThatIsATenthTooSlowIsGivenTenWindows() {
        assertThat(secondsUntilTooSlow(900, 200)).isBetween(99.0, 102.0);
    }

    @Test
    void aClientThatTakesTheLeastRateIsNeverTooSlowHoweverLongItsAnswerIs() {
        assertThat(secondsUntilTooSlow(1_000, 24 * 3_600)).isNegative();
    }

    @Test
    void whatWasTakenAtOnceIsNoCreditForLater() {
        secondsUntilTooSlow(0, 5);
        taken += 1_000_000_000;
        assertThat(secondsUntilTooSlow(0, 60)).isBetween(10.0, 10.5);
    }

    @Test
    void aClientThatTakesAllThereIsMayWaitForMoreAsLongAsItWants() {
        secondsUntilTooSlow(0, 9);
        for (int i = 0; i < 4 * 3_600; i++) {
            assertThat(isTooSlow(false)).isFalse();
        }
        assertThat(secondsUntilTooSlow(0, 60)).isBetween(10.0, 10.5);
    }

    @Test
    void aRateOf0IsNone() {
        DrainRate none = new DrainRate(0, Duration.ofSeconds(10));
        for (int second = 0; second < 100; second++) {
            assertThat(none.isTooSlow(TimeUnit.SECONDS.toNanos(second), 0, true))
                    .isFalse();
        }
    }

    /** Negative where it never was. */
    private double secondsUntilTooSlow(int bytesPerSecond, int seconds) {
        for (int i = 1; i <= seconds * 4; i++) {
            taken += bytesPerSecond / 4;
            if (isTooSlow(true)) {
                return i / 4.0;
            }
        }
        return -1;
    }

    private boolean isTooSlow(boolean pending) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(250);
        return rate.isTooSlow(nowNanos, taken, pending);
    }
}
