package dev.holdfast.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The services that the configuration names, and the paths that lead to them. */
@ApplicationScoped
class Upstreams {
    private final Map<Upstream, List<String>> prefixes = new LinkedHashMap<>();
    private final RouteTable<Upstream> routes;

    Upstreams(GatewayConfig config, Vertx vertx, MeterRegistry registry) {
        new TreeMap<>(config.upstreams())
                .forEach((name, upstream) -> prefixes.put(
                        new Upstream(name, upstream, vertx, registry), List.copyOf(upstream.pathPrefixes())));
        this.routes = new RouteTable<>(prefixes);
    }

    Collection<Upstream> all() {
        return prefixes.keySet();
    }

    RouteTable<Upstream> routes() {
        return routes;
    }
}
