package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StackSettingsTest {
    @Test
    void takesTheUsualPortsAndAPrivateBrokerWhereNothingIsSaid() {
        StackSettings settings = StackSettings.of(Map.of("AMQP_URL", " ", "HOLDFAST_ORDERS_PORT", "9001"));

        assertThat(settings.gatewayPort()).isEqualTo(8000);
        assertThat(settings.ordersPorts()).containsExactly(9001);
        assertThat(settings.paymentsPorts()).containsExactly(8002);
        assertThat(settings.amqpUrl()).isEmpty();
        assertThat(settings.javaOptions()).contains("-Xmx256m");
        assertThat(settings.nativeOptions()).contains("-Xmx256m");
    }

    @Test
    void namesTheVariableThatIsNoPort() {
        for (String wrong : new String[] {"eighty", "0", "65536", "80.5"}) {
            assertThatThrownBy(() -> StackSettings.of(Map.of("HOLDFAST_GATEWAY_PORT", wrong)))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("HOLDFAST_GATEWAY_PORT=" + wrong);
        }
    }

    @Test
    void namesAPortThatIsTakenAndTheVariableThatChangesIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            StackSettings settings = StackSettings.of(Map.of("HOLDFAST_PAYMENTS_PORT", port));

            assertThatThrownBy(settings::requireFreePorts)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("port " + port + " is taken")
                    .hasMessageContaining("HOLDFAST_PAYMENTS_PORT=");
        }
    }

    @Test
    void refusesOnePortForTwoServices() {
        StackSettings settings = StackSettings.of(Map.of("HOLDFAST_ORDERS_PORT", "8002"));

        assertThatThrownBy(settings::requireFreePorts)
                .isInstanceOf(StackException.class)
                .hasMessageContaining("port 8002 is wanted more than once: HOLDFAST_ORDERS_PORT");
    }

    @Test
    void givesEachReplicaAPortTenAboveTheLast() {
        StackSettings settings = StackSettings.of(Map.of("HOLDFAST_REPLICAS", "3", "HOLDFAST_PAYMENTS_PORT", "9002"));

        assertThat(settings.ordersPorts()).containsExactly(8001, 8011, 8021);
        assertThat(settings.paymentsPorts()).containsExactly(9002, 9012, 9022);
    }

    @Test
    void refusesAnyOtherNumberOfReplicasOrQueuesThanOneToFour() {
        for (String variable : new String[] {"HOLDFAST_REPLICAS", "HOLDFAST_QUEUES"}) {
            for (String wrong : new String[] {"0", "5", "two", "-1", "1.0"}) {
                assertThatThrownBy(() -> StackSettings.of(Map.of(variable, wrong)))
                        .isInstanceOf(StackException.class)
                        .hasMessageContaining(variable + "=" + wrong);
            }
        }
        assertThatThrownBy(() -> StackSettings.of(Map.of("HOLDFAST_REPLICAS", "4", "HOLDFAST_ORDERS_PORT", "65530")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("HOLDFAST_ORDERS_PORT=65530");
    }

    @Test
    void namesTheTakenPortOfAReplicaAndWhereItComesFrom() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int first = taken.getLocalPort() - 10;
            StackSettings settings =
                    StackSettings.of(Map.of("HOLDFAST_REPLICAS", "2", "HOLDFAST_ORDERS_PORT", Integer.toString(first)));

            assertThatThrownBy(settings::requireFreePorts)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("port " + (first + 10) + ", HOLDFAST_ORDERS_PORT+10, is taken")
                    .hasMessageContaining("HOLDFAST_ORDERS_PORT=" + (first + 1000));
        }
    }

    @Test
    void keepsHealthAndMetricsApartFromTheServicesOfASecondStack() {
        StackSettings first = StackSettings.of(Map.of("HOLDFAST_REPLICAS", "4"));
        StackSettings second = StackSettings.of(Map.of(
                "HOLDFAST_REPLICAS", "4",
                "HOLDFAST_GATEWAY_PORT", "9000",
                "HOLDFAST_ORDERS_PORT", "9001",
                "HOLDFAST_PAYMENTS_PORT", "9002"));

        assertThat(Stream.of(first, second).flatMap(StackSettingsTest::allPorts))
                .hasSize(36)
                .doesNotHaveDuplicates();
    }

    @Test
    void namesTheTakenPortOfHealthAndMetricsAndWhereItComesFrom() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int gateway = taken.getLocalPort() - 500;
            StackSettings settings = StackSettings.of(Map.of("HOLDFAST_GATEWAY_PORT", Integer.toString(gateway)));

            assertThatThrownBy(settings::requireFreePorts)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + ", HOLDFAST_GATEWAY_PORT+500, is taken")
                    .hasMessageContaining("HOLDFAST_GATEWAY_PORT=" + (gateway + 1000));
        }
    }

    @Test
    void refusesAPortAboveWhichNoneIsLeftForHealthAndMetrics() {
        assertThatThrownBy(() -> StackSettings.of(Map.of("HOLDFAST_GATEWAY_PORT", "65100")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("HOLDFAST_GATEWAY_PORT=65100 leaves no port for health and metrics");
    }

    private static Stream<Integer> allPorts(StackSettings settings) {
        return Stream.of(List.of(settings.gatewayPort()), settings.ordersPorts(), settings.paymentsPorts())
                .flatMap(List::stream)
                .flatMap(port -> Stream.of(port, StackSettings.managementPort(port)));
    }
}
