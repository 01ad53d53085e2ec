package dev.holdfast.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times every request, also those that the gateway refuses, as {@code http.server.requests}: by the name and with the tags that
 * the services have. The operations of the API bound them.
 */
@ApplicationScoped
class RequestMeters {
    private static final String UNKNOWN = "UNKNOWN";
    /** In place of a status, where the client has gone before its answer. */
    private static final int CLIENT_GONE = 0;

    private record Key(String method, String uri, int status) {}

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param operation null for none of the API's */
    void begin(HttpServerRequest request, Operations.@Nullable Operation operation) {
        long startNanos = System.nanoTime();
        ConnectionWatch.of(request).whenOver(request, () -> over(request, operation, startNanos));
    }

    private void over(HttpServerRequest request, Operations.@Nullable Operation operation, long startNanos) {
        int status = request.response().ended() ? request.response().getStatusCode() : CLIENT_GONE;
        Key key = operation == null
                ? new Key(UNKNOWN, UNKNOWN, status)
                : new Key(operation.method(), operation.template(), status);
        timers.computeIfAbsent(key, this::timer).record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Key key) {
        return Timer.builder("http.server.requests")
                .tag("method", key.method())
                .tag("uri", key.uri())
                .tag("status", key.status() == CLIENT_GONE ? "CLIENT_GONE" : Integer.toString(key.status()))
                .tag("outcome", outcome(key.status()))
                .register(registry);
    }

    /** As Micrometer names them. */
    private static String outcome(int status) {
        return switch (status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            case 5 -> "SERVER_ERROR";
            default -> UNKNOWN;
        };
    }
}
