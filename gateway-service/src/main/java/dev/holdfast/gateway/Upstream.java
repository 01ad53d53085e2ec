package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.UpstreamConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One service behind the gateway: its bounded connections, and how many requests are on their way to it. */
final class Upstream {
    private final String name;
    private final UpstreamConfig config;
    private final URI address;
    private final int port;
    private final boolean tls;
    private final HttpClient client;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final UpstreamMeters meters;
    private final FailureLog failures = new FailureLog();

    Upstream(String name, UpstreamConfig config, Vertx vertx, MeterRegistry registry) {
        this.name = name;
        this.config = config;
        this.address = checked(name, config.address());
        this.tls = address.getScheme().equals("https");
        this.port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
        this.maxInFlight = config.connections() + config.waiting();
        this.meters = new UpstreamMeters(registry, name, inFlight);
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setName(name)
                        .setConnectTimeout((int) config.connectTimeout().toMillis())
                        .setReadIdleTimeout((int) config.idleTimeout().toMillis())
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setKeepAliveTimeout(
                                (int) Math.max(1, config.keepAlive().toSeconds()))
                        .setTcpNoDelay(true)
                        .setSsl(tls),
                // The queue is never the limit: maxInFlight refuses first, and counts exactly.
                new PoolOptions().setHttp1MaxSize(config.connections()).setMaxWaitQueueSize(-1));
    }

    String name() {
        return name;
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

    /**
     * A request on a pooled or new connection, not sent yet. It fails where there is none within the times that the
     * configuration gives, and the response fails where it is not there in time.
     *
     * @param target path and query
     */
    Future<HttpClientRequest> open(HttpMethod method, String target) {
        return client.request(new RequestOptions()
                .setHost(address.getHost())
                .setPort(port)
                .setSsl(tls)
                .setMethod(method)
                .setURI(target)
                .setConnectTimeout(config.waitTimeout().toMillis())
                .setIdleTimeout(config.responseTimeout().toMillis()));
    }

    private static URI checked(String name, URI address) {
        boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        boolean bare = address.getPath() == null
                || address.getPath().isEmpty()
                || address.getPath().equals("/");
        if (!http || address.getHost() == null || !bare) {
            throw new IllegalArgumentException(
                    "The address of upstream " + name + " must look like http://host:port, not like " + address);
        }
        return address;
    }
}
