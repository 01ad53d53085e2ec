package dev.holdfast.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Makes load from one event loop. */
public final class LoadGenerator implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    /** Orders that are due and wait for a free connection; beyond it they count as not answered. */
    private static final int MAX_WAITING = 50_000;

    static {
        // Else the JDK warns of Netty's use of sun.misc.Unsafe, in the middle of the figures.
        System.setProperty("io.netty.noUnsafe", "true");
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(false));

    /**
     * Starts the load and returns at once.
     *
     * @param progress is told the number of accepted orders about once a second
     */
    public RunningLoad start(LoadPlan plan, LongConsumer progress) {
        boolean https = "https".equals(plan.gateway().getScheme());
        HttpClientOptions options = new HttpClientOptions()
                .setDefaultHost(plan.gateway().getHost())
                .setSsl(https)
                .setDefaultPort(port(plan.gateway(), https))
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        HttpClient client = vertx.httpClientBuilder()
                .with(options)
                // Not options of the client, where its builder would not look.
                .with(new PoolOptions().setHttp1MaxSize(plan.connections()).setMaxWaitQueueSize(MAX_WAITING))
                // A connection that is lost fails its request, where it is counted.
                .withConnectHandler(connection -> connection.exceptionHandler(lost -> {}))
                .build();
        return new RunningLoad(vertx, client, plan, progress);
    }

    private static int port(URI gateway, boolean https) {
        if (gateway.getPort() != -1) {
            return gateway.getPort();
        }
        return https ? 443 : 80;
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
