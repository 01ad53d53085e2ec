package dev.holdfast.gateway;

import dev.holdfast.localstack.Ports;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Real HTTP servers behind the gateway under test, addresses where nothing listens, and limits that a test can reach.
 */
public class FakeServices implements QuarkusTestResourceLifecycleManager {
    static final String MANAGEMENT_PORT = "quarkus.management.test-port";

    final Vertx vertx = Vertx.vertx();
    private final List<Closeable> opened = new ArrayList<>();

    @Override
    public Map<String, String> start() {
        Map<String, String> properties = new HashMap<>();
        properties.put("holdfast.gateway.port", Integer.toString(Ports.free()));
        // By these names tests call it too.
        properties.put("holdfast.access.open-hosts", "x,y,a,a.example,%41,shop.example");
        String managementPort = Integer.toString(Ports.free());
        properties.put(MANAGEMENT_PORT, managementPort);
        // A native binary knows no port for tests.
        properties.put("MANAGEMENT_PORT", managementPort);
        limits(properties);
        properties.put("holdfast.gateway.upstreams.orders.body", "64K");
        properties.put("holdfast.gateway.api-document.max-age", "0S");
        properties.put("holdfast.gateway.api-document.max-age-when-partial", "0S");
        upstream(properties, "orders", new FakeService(vertx).start(), "/orders", 128, 2_000);
        upstream(properties, "payments", new FakeService(vertx).start(), "/accounts", 2, 2);
        upstream(properties, "narrow", new FakeService(vertx).start(), "/narrow", 1, 1);
        upstream(properties, "broken", new BrokenService(vertx).start(), "/broken", 128, 128);
        upstream(properties, "gone", Ports.free(), "/gone", 2, 2);
        replicas(properties, "pair", new FakeService(vertx).start(), new FakeService(vertx).start());
        replicas(properties, "leaving", new FakeService(vertx).start(), new FakeService(vertx).start());
        replicas(properties, "half", Ports.free(), new FakeService(vertx).start());
        replicas(properties, "hole", portThatNeverAccepts(), new FakeService(vertx).start());
        replicas(properties, "none", Ports.free(), Ports.free());
        return properties;
    }

    /** This machine's usual address is not limited; tests of the limits per address send from others, {@code 127.…}. */
    private static void limits(Map<String, String> properties) {
        String key = "holdfast.gateway.limits.";
        properties.put(key + "body-timeout", "1S");
        properties.put(key + "bodies", "256K");
        properties.put(key + "headers-timeout", "1S");
        properties.put(key + "keep-alive", "4S");
        properties.put(key + "drain-per-second", "64K");
        properties.put(key + "drain-window", "1S");
        properties.put(key + "unlimited-addresses", "127.0.0.1, ::1");
        properties.put(key + "trusted-proxies", "127.0.7.0/24");
        properties.put(key + "connections-per-address", "50");
        properties.put(key + "requests-at-once-per-address", "10");
        properties.put(key + "requests-per-address", "100");
    }

    @Override
    public void stop() {
        vertx.close();
        for (Closeable socket : opened) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Times so long that a test sees the first pass only. */
    private static void replicas(Map<String, String> properties, String name, int onePort, int otherPort) {
        String key = "holdfast.gateway.upstreams." + name + ".";
        properties.put(key + "addresses", "http://localhost:" + onePort + ", http://localhost:" + otherPort);
        properties.put(key + "path-prefixes", "/" + name);
        properties.put(key + "connect-timeout", "500MS");
        properties.put(key + "cool-down", "10M");
        properties.put(key + "stop-time", "10M");
    }

    /** Its queue of connections is full, so that the kernel drops each further attempt. */
    private int portThatNeverAccepts() {
        try {
            ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            opened.add(full);
            for (int i = 0; i < 2; i++) {
                opened.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            return full.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void upstream(
            Map<String, String> properties, String name, int port, String prefix, int connections, int waiting) {
        String key = "holdfast.gateway.upstreams." + name + ".";
        properties.put(key + "addresses", "http://localhost:" + port);
        properties.put(key + "path-prefixes", prefix);
        properties.put(key + "connections", Integer.toString(connections));
        properties.put(key + "waiting", Integer.toString(waiting));
        properties.put(key + "wait-timeout", name.equals("payments") ? "1500MS" : "10S");
        // Where tests keep the few connections busy, no answer comes for as long as they want.
        boolean few = connections < 10;
        properties.put(key + "response-timeout", few ? "30S" : "4S");
        properties.put(key + "idle-timeout", few ? "31S" : "6S");
    }
}
