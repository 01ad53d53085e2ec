package dev.holdfast.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/** A load under way. */
public final class RunningLoad {
    /** Longer than a persistent client goes on asking for the last order. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final LoadPlan plan;
    private final HttpClient client;
    private final LoadRun run;
    private final CompletableFuture<Load> load = new CompletableFuture<>();

    RunningLoad(Vertx vertx, HttpClient client, LoadPlan plan, LongConsumer progress) {
        this.vertx = vertx;
        this.client = client;
        this.plan = plan;
        this.run = new LoadRun(vertx, client, plan, progress, load);
        vertx.runOnContext(ignored -> run.start());
    }

    /** Starts no more orders, and returns when the last one is answered. */
    public Load stop() throws InterruptedException {
        vertx.runOnContext(ignored -> run.stop());
        return await();
    }

    /**
     * Returns when the plan is carried out and the last order is answered.
     *
     * @throws LimitedException at the first answer 429
     */
    public Load await() throws InterruptedException {
        try {
            return load.get(plan.duration().plus(LONGEST_ANSWER).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LimitedException limited) {
                throw limited;
            }
            throw new IllegalStateException("The load generator failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Some orders were never answered", e);
        } finally {
            client.close();
        }
    }
}
