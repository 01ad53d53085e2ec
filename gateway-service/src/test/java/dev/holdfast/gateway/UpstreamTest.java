package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replica.Replica;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void admitsAsManyAsItsConnectionsAndWaitingPlacesTake() {
        Upstream upstream = upstream("http://one:1, http://two:1", 2, 3);
        for (int place = 0; place < 2 * 2 + 3; place++) {
            assertThat(upstream.tryEnter()).isTrue();
        }
        assertThat(upstream.tryEnter()).isFalse();
        assertThat(upstream.tryEnter()).isFalse();
        upstream.leave();
        assertThat(upstream.tryEnter()).isTrue();
        assertThat(upstream.tryEnter()).isFalse();
    }

    @Test
    void hasOtherReplicasUntilEachWasTried() {
        Upstream upstream = upstream("http://one:1, http://two:1", 1, 0);
        Replica first = upstream.choose(0);
        assertThat(upstream.hasOtherThan(first.bit())).isTrue();
        Replica second = upstream.choose(first.bit());
        assertThat(upstream.hasOtherThan(first.bit() | second.bit())).isFalse();
    }

    @Test
    void namesTheServiceWhoseAddressIsWrong() {
        assertThatThrownBy(() -> upstream("http://one:1/path", 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orders");
    }

    private Upstream upstream(String addresses, int connections, int waiting) {
        String prefix = "holdfast.gateway.upstreams.orders.";
        Map<String, String> properties = new HashMap<>();
        properties.put("holdfast.gateway.host", "localhost");
        properties.put("holdfast.gateway.port", "8000");
        properties.put("holdfast.gateway.event-loops", "1");
        properties.put("quarkus.otel.traces.sampler.arg", "0");
        properties.put(prefix + "addresses", addresses);
        properties.put(prefix + "path-prefixes", "/orders");
        properties.put(prefix + "connections", Integer.toString(connections));
        properties.put(prefix + "waiting", Integer.toString(waiting));
        GatewayConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(properties, "test", 300))
                .withMapping(GatewayConfig.class)
                .build()
                .getConfigMapping(GatewayConfig.class);
        GatewayTls tls = new GatewayTls(new NoTls());
        return new Upstream(
                "orders", config.upstreams().get("orders"), 8_192, false, vertx, tls, new SimpleMeterRegistry());
    }

    /** As where nothing is configured. */
    private static final class NoTls implements TlsConfigurationRegistry {
        @Override
        public Optional<TlsConfiguration> get(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<TlsConfiguration> getDefault() {
            return Optional.empty();
        }

        @Override
        public void register(String name, TlsConfiguration configuration) {
            throw new UnsupportedOperationException(name);
        }
    }
}
