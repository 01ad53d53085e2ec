package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.UpstreamConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The services that the configuration names, and the paths that lead to them. */
@ApplicationScoped
class Upstreams {
    /** Those of the pages that it answers itself. */
    private static final List<String> OF_THE_GATEWAY = List.of("GET /openapi", "GET /docs/");

    private final Map<Upstream, List<String>> prefixes = new LinkedHashMap<>();
    private final RouteTable<Upstream> routes;
    private final Operations operations;

    Upstreams(GatewayConfig config, Vertx vertx, GatewayTls tls, MeterRegistry registry) {
        new TreeMap<>(config.upstreams())
                .forEach((name, upstream) -> prefixes.put(
                        new Upstream(
                                name,
                                upstream,
                                config.limits().body().asLongValue(),
                                config.tracesRatio() > 0,
                                vertx,
                                tls,
                                registry),
                        prefixes(upstream, config.adminEnabled())));
        this.routes = new RouteTable<>(prefixes);
        List<String> named = new ArrayList<>(OF_THE_GATEWAY);
        config.upstreams()
                .values()
                .forEach(upstream -> named.addAll(upstream.operations().orElse(List.of())));
        this.operations = new Operations(named);
    }

    static List<String> prefixes(UpstreamConfig upstream, boolean adminEnabled) {
        List<String> prefixes = new ArrayList<>(upstream.pathPrefixes());
        if (adminEnabled) {
            prefixes.addAll(upstream.adminPathPrefixes().orElse(List.of()));
        }
        return List.copyOf(prefixes);
    }

    Collection<Upstream> all() {
        return prefixes.keySet();
    }

    /** Of the whole API. */
    Operations operations() {
        return operations;
    }

    RouteTable<Upstream> routes() {
        return routes;
    }
}
