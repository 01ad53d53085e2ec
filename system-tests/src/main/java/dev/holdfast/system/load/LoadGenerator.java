package dev.holdfast.system.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/** Makes load, one plan at a time, from one event loop. */
public final class LoadGenerator implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(90);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    /** Orders that are due and wait for a free connection; beyond it they count as not sent. */
    private static final int MAX_WAITING = 50_000;

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(false));

    /**
     * Makes the load and returns when its last order is answered.
     *
     * @param progress is told the number of accepted orders about once a second
     */
    public Load run(LoadPlan plan, LongConsumer progress) throws InterruptedException {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setDefaultHost(plan.gateway().getHost())
                .setDefaultPort(plan.gateway().getPort())
                .setMaxPoolSize(plan.connections())
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
        CompletableFuture<Load> load = new CompletableFuture<>();
        vertx.runOnContext(ignored -> new LoadRun(vertx, client, plan, progress, load).start());
        try {
            return load.get(plan.duration().plus(LONGEST_ANSWER).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The load generator failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Some orders were never answered", e);
        } finally {
            client.close();
        }
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
