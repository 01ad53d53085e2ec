package dev.holdfast.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Vert.x with a single event loop, for clients of the gateway. */
public final class EventLoop implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    static {
        // Else the JDK warns of Netty's use of sun.misc.Unsafe, in the middle of the output.
        System.setProperty("io.netty.noUnsafe", "true");
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(false));

    public Vertx vertx() {
        return vertx;
    }

    /**
     * A client of this gateway alone.
     *
     * @param pool limits the connections and the requests that wait for one
     */
    public HttpClient client(URI gateway, Duration connectTimeout, PoolOptions pool) {
        boolean https = "https".equals(gateway.getScheme());
        int usualPort = https ? 443 : 80;
        return vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setDefaultHost(gateway.getHost())
                        .setSsl(https)
                        .setDefaultPort(gateway.getPort() == -1 ? usualPort : gateway.getPort())
                        .setConnectTimeout((int) connectTimeout.toMillis()))
                .with(pool)
                // A connection that is lost fails its request, where it is counted.
                .withConnectHandler(connection -> connection.exceptionHandler(lost -> {}))
                .build();
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
