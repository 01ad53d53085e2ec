package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.system.watching.Prometheus;
import dev.holdfast.system.watching.Watched;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A real Prometheus, with the shipped rules and intervals, watches the stack. Here is what can be mended in seconds;
 * {@link LongAlertsIT} raises all other alerts.
 */
@SystemTest
class AlertsIT {
    /** The next scrape, and what is counted every ten seconds. */
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(40);

    private final StackUnderTest stack;

    AlertsIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void troubleRaisesItsAlertsAndDashboardsAndRulesNameOnlyMetricsThatAreThere() throws Exception {
        try (Prometheus prometheus = new Prometheus(stack)) {
            RaisedAlerts alerts = new RaisedAlerts(prometheus);
            EventFaults events = new EventFaults(stack);
            ClientFaults clients = new ClientFaults(stack);
            try {
                alerts.assertRaisedBy(List.of(
                        clients.tooManyConnections(),
                        clients.requestsWithoutToken(),
                        events.foreignMessage(),
                        events.orderWithoutEvent(),
                        new ServiceFaults(stack).lockedAccount()));
            } finally {
                alerts.mend();
                System.out.print(alerts.table());
            }
            await().atMost(SEEN_WITHIN)
                    .untilAsserted(() -> assertThat(unknown(prometheus))
                            .as("metrics that dashboards or rules name and nobody has")
                            .isEmpty());
        }
    }

    private static Set<String> unknown(Prometheus prometheus) throws IOException {
        Set<String> unknown = new TreeSet<>(Watched.selectors());
        unknown.removeIf(selector -> isElsewhere(selector, prometheus) || prometheus.has(selector));
        return unknown;
    }

    /** CloudNativePG's and those of TLS, which {@link LongAlertsIT} has; PostgreSQL's, where the exporter is not installed. */
    private static boolean isElsewhere(String selector, Prometheus prometheus) {
        return selector.startsWith("cnpg_")
                || selector.startsWith("holdfast_tls_")
                || (selector.startsWith("pg_") && !prometheus.watchesDatabases());
    }
}
