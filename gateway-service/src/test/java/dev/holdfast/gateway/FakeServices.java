package dev.holdfast.gateway;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/** Two real HTTP servers behind the gateway under test, one address where nothing listens, and limits that a test can reach. */
public class FakeServices implements QuarkusTestResourceLifecycleManager {
    private final Vertx vertx = Vertx.vertx();

    @Override
    public Map<String, String> start() {
        Map<String, String> properties = new HashMap<>();
        properties.put("holdfast.gateway.port", Integer.toString(unusedPort()));
        properties.put("holdfast.gateway.limits.body-timeout", "1S");
        properties.put("holdfast.gateway.api-document.max-age", "0S");
        properties.put("holdfast.gateway.api-document.max-age-when-partial", "0S");
        upstream(properties, "orders", new FakeService(vertx).start(), "/orders", 128, 2_000);
        upstream(properties, "payments", new FakeService(vertx).start(), "/accounts", 2, 2);
        upstream(properties, "gone", unusedPort(), "/gone", 2, 2);
        return properties;
    }

    @Override
    public void stop() {
        vertx.close();
    }

    private static void upstream(
            Map<String, String> properties, String name, int port, String prefix, int connections, int waiting) {
        String key = "holdfast.gateway.upstreams." + name + ".";
        properties.put(key + "address", "http://localhost:" + port);
        properties.put(key + "path-prefixes", prefix);
        properties.put(key + "connections", Integer.toString(connections));
        properties.put(key + "waiting", Integer.toString(waiting));
        properties.put(key + "wait-timeout", name.equals("payments") ? "1500MS" : "10S");
        properties.put(key + "response-timeout", "4S");
        properties.put(key + "idle-timeout", "6S");
    }

    private static int unusedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
