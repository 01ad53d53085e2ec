package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.UpstreamConfig;
import dev.holdfast.replica.Replica;
import dev.holdfast.replica.Replicas;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One service behind the gateway: its replicas with their bounded connections, and how many requests are on their way. */
final class Upstream {
    private final String name;
    private final UpstreamConfig config;
    private final Replicas replicas;
    private final HttpClient client;
    private final int maxInFlight;
    private final long maxBodyLength;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final UpstreamMeters meters;
    private final FailureLog failures = new FailureLog();

    /** @param maxBodyLength in bytes, where the upstream has no limit of its own */
    Upstream(
            String name,
            UpstreamConfig config,
            long maxBodyLength,
            boolean traced,
            Vertx vertx,
            GatewayTls tls,
            MeterRegistry registry) {
        this.name = name;
        this.config = config;
        this.maxBodyLength = config.body().map(MemorySize::asLongValue).orElse(maxBodyLength);
        this.replicas = replicas(name, config);
        this.maxInFlight = config.connections() * replicas.count() + config.waiting();
        this.meters = new UpstreamMeters(registry, name, inFlight, replicas);
        this.client = tls.client(
                vertx,
                new HttpClientOptions()
                        .setName(name)
                        .setConnectTimeout((int) config.connectTimeout().toMillis())
                        .setReadIdleTimeout((int) config.idleTimeout().toMillis())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setKeepAliveTimeout(
                                (int) Math.max(1, config.keepAlive().toSeconds()))
                        .setTcpNoDelay(true)
                        // Of responses: the Link header repeats the query of the request.
                        .setMaxHeaderSize((int) config.responseHeaders().asLongValue())
                        .setTracingPolicy(traced ? TracingPolicy.PROPAGATE : TracingPolicy.IGNORE),
                // Each address has a pool of its own. The queue is never the limit: maxInFlight refuses first, and
                // counts exactly.
                new PoolOptions().setHttp1MaxSize(config.connections()).setMaxWaitQueueSize(-1),
                // Otherwise Vert.x logs an error for each connection that fails.
                connection -> connection.exceptionHandler(
                        cause -> failures.warn("Connection to " + name, "It failed", cause)));
    }

    String name() {
        return name;
    }

    /** Of a request, in bytes. */
    long maxBodyLength() {
        return maxBodyLength;
    }

    FailureLog failures() {
        return failures;
    }

    UpstreamMeters meters() {
        return meters;
    }

    /** Takes a place, to be given back by {@link #leave()}; false where connections and waiting places are all taken. */
    boolean tryEnter() {
        if (inFlight.incrementAndGet() <= maxInFlight) {
            return true;
        }
        inFlight.decrementAndGet();
        return false;
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    /** See {@link Replicas#choose}. */
    @Nullable
    Replica choose(int tried) {
        return replicas.choose(tried);
    }

    /** Whether there is a replica beside those tried. */
    boolean hasOtherThan(int tried) {
        return Integer.bitCount(tried) < replicas.count();
    }

    /**
     * A request on a pooled or new connection, not sent yet. It fails where there is none within the times that the
     * configuration gives, and the response fails where it is not there in time.
     *
     * @param target path and query
     */
    Future<HttpClientRequest> open(Replica replica, HttpMethod method, String target) {
        return client.request(new RequestOptions()
                .setHost(replica.host())
                .setPort(replica.port())
                .setSsl(replica.tls())
                .setMethod(method)
                .setURI(target)
                .setConnectTimeout(config.waitTimeout().toMillis())
                .setIdleTimeout(config.responseTimeout().toMillis()));
    }

    private static Replicas replicas(String name, UpstreamConfig config) {
        try {
            return new Replicas(config.addresses(), config.coolDown(), config.stopTime());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Upstream " + name + ": " + e.getMessage(), e);
        }
    }
}
