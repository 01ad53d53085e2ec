package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health and metrics have a port of their own, and nothing else listens. */
@SystemTest
class ManagementIT {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final StackUnderTest stack;

    ManagementIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void everyServiceListensOnItsTwoPortsOfLoopbackAndOnNoOther() throws IOException {
        for (LocalService service : stack.services()) {
            List<String> listening = ListeningPorts.of(service.pid());

            assertThat(listening)
                    .as(service.name())
                    .allSatisfy(address -> assertThat(address).matches(ListeningPorts.OF_LOOPBACK));
            assertThat(listening.stream().map(address -> Integer.parseInt(address.substring(address.length() - 4), 16)))
                    .as(service.name())
                    .containsExactlyInAnyOrder(service.port(), service.managementPort());
        }
    }

    @Test
    void healthAndMetricsAreThereForProbesAndScrapers() throws Exception {
        for (LocalService service : stack.services()) {
            for (String path : List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started")) {
                HttpResponse<String> health = get(service.managementUrl() + path);
                assertThat(health.statusCode()).as(service.name() + path).isEqualTo(200);
                assertThat(health.body()).contains("\"status\": \"UP\"");
            }
            assertThat(ServiceMetrics.of(service)).as(service.name()).anyMatch(line -> line.startsWith("jvm_memory"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q",
                "/q/",
                "/q/health",
                "/q/health/live",
                "/q/health/ready",
                "/q/health/started",
                "/q/metrics",
                "/q/openapi",
                "/q/swagger-ui",
                "/q/dev-ui",
                "/q/arc"
            })
    void nothingOfThemIsThereForClients(String path) {
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            new Shop(service, service, Optional.empty()).get(path).expectProblem(404, "not_found");
        }
    }

    @Test
    void theApiIsNotThereForProbesAndScrapers() throws Exception {
        for (LocalService service : stack.services()) {
            for (String path : List.of("/docs/", "/openapi", "/orders", "/accounts", "/admin/orders/dead-letters")) {
                assertThat(get(service.managementUrl() + path).statusCode())
                        .as(service.name() + path)
                        .isEqualTo(404);
            }
        }
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
