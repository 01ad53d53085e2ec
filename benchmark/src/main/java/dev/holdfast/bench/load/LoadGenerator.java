package dev.holdfast.bench.load;

import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Makes load from one event loop. */
public final class LoadGenerator implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** Orders that are due and wait for a free connection; beyond it they count as not answered. */
    private static final int MAX_WAITING = 50_000;

    private final EventLoop eventLoop = new EventLoop();

    /**
     * Starts the load and returns at once.
     *
     * @param progress is told the number of accepted orders about once a second
     */
    public RunningLoad start(LoadPlan plan, LongConsumer progress) {
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(plan.connections()).setMaxWaitQueueSize(MAX_WAITING);
        HttpClient client = eventLoop.client(plan.gateway(), CONNECT_TIMEOUT, pool);
        return new RunningLoad(eventLoop.vertx(), client, plan, progress);
    }

    @Override
    public void close() {
        eventLoop.close();
    }
}
