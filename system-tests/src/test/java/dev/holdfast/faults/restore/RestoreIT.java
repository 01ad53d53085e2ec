package dev.holdfast.faults.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./holdfast drill}: customers for some seconds, and nothing is waited for that is only slow. */
class RestoreIT {
    private static final long SEED = 20_261_129;
    private static final Duration PART = Duration.ofSeconds(2);
    private static final Map<String, String> HASTY = Map.of(
            "HOLDFAST_INQUIRY_AFTER", "4s",
            "HOLDFAST_INQUIRY_INTERVAL", "1s",
            "HOLDFAST_RECONCILIATION_GRACE", "1s");

    @Test
    void databasesOfDifferentMomentsAreMendedByTheRunbook() throws Exception {
        DrillRun drill = new DrillRun(SEED, PART, HASTY, System.out);

        drill.run();

        assertThat(drill.violations()).isEmpty();
        assertThat(drill.named()).containsKeys("capture_without_order", "finished_without_capture");
    }
}
