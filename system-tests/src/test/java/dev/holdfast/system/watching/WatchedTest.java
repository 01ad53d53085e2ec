package dev.holdfast.system.watching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchedTest {
    @Test
    void findsTheMetricsOfAnExpressionWithTheirLabels() {
        assertThat(Watched.selectorsOf(
                        "histogram_quantile(0.95, sum by (upstream, le) (rate(gateway_requests_seconds_bucket[1m]))) > 0.5\n"
                                + "and max by (queue) (rabbitmq_messages{queue=~\"payment_(a|b)[.]dead\"}) > 5 * 86400"
                                + " or vector(0) unless time() - up == 1"))
                .containsExactlyInAnyOrder(
                        "gateway_requests_seconds_bucket", "rabbitmq_messages{queue=~\"payment_(a|b)[.]dead\"}", "up");
    }
}
