package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchPauseTest {
    @Test
    void aSingleMessageDelaysNoOther() {
        assertThat(BatchPause.afterNanos(0, 256)).isZero();
        assertThat(BatchPause.afterNanos(1, 256)).isZero();
    }

    @Test
    void aLargerBatchIsFollowedByALongerPauseUpToABound() {
        assertThat(BatchPause.afterNanos(2, 256)).isEqualTo(Duration.ofMillis(8).toNanos());
        assertThat(BatchPause.afterNanos(3, 256))
                .isEqualTo(Duration.ofMillis(12).toNanos());
        assertThat(BatchPause.afterNanos(255, 256))
                .isEqualTo(Duration.ofMillis(25).toNanos());
    }

    @Test
    void behindAFullBatchOthersWaitAlready() {
        assertThat(BatchPause.afterNanos(256, 256)).isZero();
    }
}
