package dev.holdfast.system;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.system.watching.Prometheus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes trouble of several kinds at once, and takes the time until Prometheus raises the alert of each. */
final class RaisedAlerts {
    private static final Duration WITHIN = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Prometheus prometheus;
    private final List<String> table = new ArrayList<>();
    private final List<AutoCloseable> troubles = new ArrayList<>();

    RaisedAlerts(Prometheus prometheus) {
        this.prometheus = prometheus;
    }

    /** Fails unless each alert is raised within two minutes of its fault. The faults go on until {@link #mend()}. */
    void assertRaisedBy(List<AlertFault> faults) throws Exception {
        Set<String> before = prometheus.firing();
        Map<String, AlertFault> expected = new TreeMap<>();
        faults.forEach(fault -> fault.alerts().forEach(alert -> expected.put(alert, fault)));
        assertThat(before).as("alerts without a fault").doesNotContainAnyElementsOf(expected.keySet());
        Map<AlertFault, Long> injected = new HashMap<>();
        for (AlertFault fault : faults) {
            injected.put(fault, System.nanoTime());
            troubles.add(fault.injection().inject());
        }
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!expected.isEmpty() && System.nanoTime() < deadline) {
            for (String alert : prometheus.firing()) {
                AlertFault fault = expected.remove(alert);
                if (fault != null) {
                    Duration after = Duration.ofNanos(System.nanoTime() - injected.get(fault));
                    table.add("%-30s | %-80s | %3d s".formatted(alert, fault.name(), after.toSeconds()));
                    assertThat(after).as(alert).isLessThanOrEqualTo(WITHIN);
                }
            }
            Thread.sleep(POLL);
        }
        assertThat(expected)
                .as("alerts that no fault has raised within two minutes")
                .isEmpty();
    }

    /** Ends all trouble, the last first. */
    void mend() throws Exception {
        while (!troubles.isEmpty()) {
            troubles.removeLast().close();
        }
    }

    /** Alert, fault and seconds of all that were raised. */
    String table() {
        return table.stream()
                .sorted()
                .collect(joining("\n", "Alerts that were raised, by what, and after how long:\n", "\n"));
    }
}
