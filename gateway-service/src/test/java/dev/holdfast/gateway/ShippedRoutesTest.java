package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The routes of the configuration that is shipped. */
class ShippedRoutesTest {
    @Test
    void leadNobodyToTheOperatorsPathsWhereTheyAreClosed() throws IOException {
        RouteTable<String> routes = routes(Map.of("ADMIN_ENABLED", "false"));
        assertThat(routes.find("/orders/1")).isEqualTo("orders");
        assertThat(routes.find("/accounts/1")).isEqualTo("payments");
        for (String path : List.of(
                "/admin",
                "/admin/orders/dead-letters",
                "/admin/payments/dead-letters?limit=1",
                "/admin/orders?status=NEW",
                "/admin/accounts",
                "/admin/adjustments",
                "/admin/seals",
                "/admin/accounts/1/freeze",
                "/admin/reconciliation",
                "/admin/reconciliation/runs")) {
            assertThat(routes.find(path)).as(path).isNull();
        }
    }

    @Test
    void leadOperatorsToEachService() throws IOException {
        RouteTable<String> routes = routes(Map.of());
        assertThat(routes.find("/admin/orders/dead-letters/audit")).isEqualTo("orders");
        assertThat(routes.find("/admin/orders/audit")).isEqualTo("orders");
        assertThat(routes.find("/admin/orders?limit=1")).isEqualTo("orders");
        assertThat(routes.find("/admin/payments/audit")).isEqualTo("payments");
        assertThat(routes.find("/admin/accounts?held_only=true")).isEqualTo("payments");
        assertThat(routes.find("/admin/payments/dead-letters?limit=1")).isEqualTo("payments");
        assertThat(routes.find("/admin/adjustments?status=PENDING")).isEqualTo("payments");
        assertThat(routes.find("/admin/adjustments/1/approve")).isEqualTo("payments");
        assertThat(routes.find("/admin/accounts/1/freeze")).isEqualTo("payments");
        assertThat(routes.find("/admin/seals/check?number=1")).isEqualTo("payments");
        assertThat(routes.find("/admin/reconciliation?limit=1")).isEqualTo("orders");
        assertThat(routes.find("/admin/reconciliation/runs")).isEqualTo("orders");
        for (String internal : List.of(
                "/internal/reconciliation/orders",
                "/internal/reconciliation/accounts/by-id",
                "/internal/refunds",
                "/internal/refunds/parts",
                "/internal/cancellations",
                "/internal/holds")) {
            assertThat(routes.find(internal)).as(internal).isNull();
        }
        assertThat(routes.find("/admin")).isNull();
        assertThat(routes.find("/admin/ordersx")).isNull();
    }

    @Test
    void areForThisMachineAloneWhileNobodyIsAskedForAToken() throws IOException {
        assertThat(config(Map.of()).host()).isEqualTo("0.0.0.0");
        assertThat(config(Map.of("HOLDFAST_AUTH", "off")).host()).isEqualTo("127.0.0.1");
    }

    private static RouteTable<String> routes(Map<String, String> environment) throws IOException {
        GatewayConfig config = config(environment);
        Map<String, List<String>> prefixes = new LinkedHashMap<>();
        config.upstreams()
                .forEach((name, upstream) -> prefixes.put(name, Upstreams.prefixes(upstream, config.adminEnabled())));
        return new RouteTable<>(prefixes);
    }

    private static GatewayConfig config(Map<String, String> environment) throws IOException {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(
                        new PropertiesConfigSource(environment, "environment", 300),
                        new PropertiesConfigSource(GatewayConfig.class.getResource("/application.properties")),
                        sharedBy("access"),
                        sharedBy("service-runtime"))
                .withMapping(GatewayConfig.class)
                .build()
                .getConfigMapping(GatewayConfig.class);
    }

    private static PropertiesConfigSource sharedBy(String module) throws IOException {
        return new PropertiesConfigSource(
                Path.of("..", module, "src/main/resources/META-INF/microprofile-config.properties")
                        .toUri()
                        .toURL());
    }
}
