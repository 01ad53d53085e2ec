package dev.holdfast.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackShape;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./holdfast faults}: a fixed seed, few kinds, none for long and none on a new system. */
class FaultsIT {
    private static final long SEED = 20_251_122;
    private static final Duration LONGEST_FAULT = Duration.ofSeconds(6);
    /** What has not begun by then is left out, and the test fails. */
    private static final Duration TIME = Duration.ofMinutes(12);

    private static final List<String> KINDS = List.of(
            "kill -9 after the capture's commit, before its acknowledgement",
            "stop -m immediate: PostgreSQL",
            "answers lost: order-service to payment-service");

    @Test
    void nothingIsLostAndNothingIsDoneTwice() throws Exception {
        List<Fault> kinds = Kinds.all().stream()
                .filter(fault -> KINDS.contains(fault.name()))
                .map(fault -> fault.atMost(LONGEST_FAULT))
                .toList();

        FaultsReport report =
                new FaultRun(SEED, TIME, List.of(), kinds, System.out).runOnceOn(new StackShape(2, 2, true, false));

        System.out.print(report.text());
        assertThat(report.violations()).as("seed " + SEED).isEmpty();
        assertThat(KINDS).allMatch(kind -> report.kinds().get(kind).times() > 0);
        assertThat(report.orders().getOrDefault("FINISHED", 0L)).isPositive();
    }
}
