package dev.holdfast.bench.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One load under way. Everything but the pace happens on one event loop, so nothing else is shared between threads. */
final class LoadRun {
    private static final Buffer BODY = Buffer.buffer("{\"amount\":1.00,\"description\":\"load\"}");
    private static final long REQUEST_TIMEOUT_MILLIS = 20_000;
    private static final long RETRY_PAUSE_MILLIS = 100;
    private static final long PERSISTENT_NANOS = Duration.ofSeconds(60).toNanos();
    private static final double SHORTEST_TICK_NANOS = 50_000;
    private static final double LONGEST_TICK_NANOS = 100_000_000;
    private static final long PROGRESS_MILLIS = 1_000;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;

    private final Vertx vertx;
    private final HttpClient client;
    private final LoadPlan plan;
    private final LongConsumer progress;
    private final CompletableFuture<Load> result;
    private final TerminalSample sample;

    private final Instant startTime = Instant.now();
    private final long start = System.nanoTime();
    private long end;
    private final Histogram postMicros = Latencies.histogram();
    private final Map<String, Long> answers = new TreeMap<>();
    private final List<Load.Accepted> accepted = new ArrayList<>();
    private final List<Load.Failed> failed = new ArrayList<>();
    private final ReadMix reads;
    private long started;
    private long ordersStarted;
    private long underWay;
    private volatile boolean allStarted;
    private long progressTimer;

    LoadRun(Vertx vertx, HttpClient client, LoadPlan plan, LongConsumer progress, CompletableFuture<Load> result) {
        this.vertx = vertx;
        this.client = client;
        this.plan = plan;
        this.progress = progress;
        this.result = result;
        this.reads = new ReadMix(plan.readPercent(), plan.users(), accepted);
        this.sample = new TerminalSample(vertx, client);
        this.end = start + plan.duration().toNanos();
    }

    void start() {
        progressTimer = vertx.setPeriodic(PROGRESS_MILLIS, ignored -> progress.accept(accepted.size()));
        if (plan.openLoop()) {
            Context loop = vertx.getOrCreateContext();
            Thread.ofPlatform().daemon().name("pace").start(() -> pace(loop));
        } else {
            for (int connection = 0; connection < plan.connections(); connection++) {
                startNext();
            }
        }
    }

    void stop() {
        end = Math.min(end, System.nanoTime());
    }

    /** Closed loop: each answer starts the next request. */
    private void startNext() {
        long now = System.nanoTime();
        if (now < end) {
            start(now);
        } else {
            allStarted = true;
            completeOnceAnswered();
        }
    }

    /** Open loop: the time alone starts requests. The event loop is woken, as its own timers know milliseconds only. */
    private void pace(Context loop) {
        double nanosPerTick = nanosPerRequest();
        nanosPerTick = nanosPerTick < SHORTEST_TICK_NANOS
                ? nanosPerTick * Math.ceil(SHORTEST_TICK_NANOS / nanosPerTick)
                : nanosPerTick / Math.ceil(nanosPerTick / LONGEST_TICK_NANOS);
        for (long tick = 0; !allStarted; tick++) {
            long due = after(tick, nanosPerTick);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            loop.runOnContext(ignored -> startWhatIsDue());
        }
    }

    private void startWhatIsDue() {
        long now = Math.min(System.nanoTime(), end);
        double nanosPerRequest = nanosPerRequest();
        for (long due = after(started, nanosPerRequest); due < now; due = after(started, nanosPerRequest)) {
            start(due);
        }
        if (now >= end && !allStarted) {
            allStarted = true;
            completeOnceAnswered();
        }
    }

    private double nanosPerRequest() {
        return 1e9 / plan.ratePerSecond();
    }

    private long after(long intervals, double nanos) {
        return start + (long) (intervals * nanos);
    }

    private void start(long due) {
        started++;
        underWay++;
        if (reads.nextIsRead()) {
            read(reads.nextRead(), due);
        } else {
            place(due);
        }
    }

    private void read(Read read, long due) {
        Instant sent = Instant.now();
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setURI(reads.path(read))
                        .setTimeout(REQUEST_TIMEOUT_MILLIS))
                .compose(HttpClientRequest::send)
                .compose(LoadRun::answer)
                .onComplete(answer -> {
                    if (answer.succeeded() && answer.result().status == OK) {
                        count("200");
                        reads.record(read, Latencies.microsSince(due));
                        finish();
                    } else {
                        if (answer.failed()) {
                            fail(noAnswer(answer.cause()), sent);
                        } else if (answer.result().status >= 500) {
                            fail(answer.result().kind(), sent);
                        } else {
                            count(answer.result().kind());
                        }
                        vertx.setTimer(RETRY_PAUSE_MILLIS, ignored -> finish());
                    }
                });
    }

    private void place(long due) {
        UUID user = plan.users().get((int) (ordersStarted++ % plan.users().size()));
        send(new Order(user, plan.persistent() ? UUID.randomUUID().toString() : null, due));
    }

    private void send(Order order) {
        Instant sent = Instant.now();
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setURI("/orders?user_id=" + order.user)
                        .setTimeout(REQUEST_TIMEOUT_MILLIS))
                .compose(request -> exchange(request, order))
                .onComplete(answer -> {
                    if (answer.succeeded()) {
                        on(order, sent, answer.result());
                    } else {
                        fail(noAnswer(answer.cause()), sent);
                        onUnclear(order);
                    }
                });
    }

    private static Future<Answer> exchange(HttpClientRequest request, Order order) {
        request.putHeader("Content-Type", "application/json");
        if (order.key != null) {
            request.putHeader("Idempotency-Key", order.key);
        }
        return request.send(BODY).compose(LoadRun::answer);
    }

    private static Future<Answer> answer(HttpClientResponse response) {
        return response.body().map(body -> new Answer(response.statusCode(), body));
    }

    private void on(Order order, Instant sent, Answer answer) {
        if (answer.status == CREATED) {
            count("201");
            postMicros.recordValue(Latencies.microsSince(order.due));
            UUID id = UUID.fromString(answer.body.toJsonObject().getString("id"));
            accepted.add(new Load.Accepted(id, order.user, startTime.plusNanos(order.due - start)));
            sample.offer(id, order.user, order.due);
            finish();
        } else if (answer.status >= 500) {
            fail(answer.kind(), sent);
            onUnclear(order);
        } else {
            count(answer.kind());
            if (answer.status == CONFLICT) {
                onUnclear(order);
            } else {
                finish();
            }
        }
    }

    /** The order may have been placed or not: a persistent client asks again with the same key, others go on. */
    private void onUnclear(Order order) {
        boolean again = plan.persistent() && System.nanoTime() < end + PERSISTENT_NANOS;
        vertx.setTimer(RETRY_PAUSE_MILLIS, ignored -> {
            if (again) {
                send(order);
            } else {
                finish();
            }
        });
    }

    private void finish() {
        underWay--;
        if (plan.openLoop()) {
            completeOnceAnswered();
        } else {
            startNext();
        }
    }

    private void completeOnceAnswered() {
        if (allStarted && underWay == 0) {
            vertx.cancelTimer(progressTimer);
            sample.stop();
            Duration duration = Duration.ofNanos(end - start);
            result.complete(new Load(
                    startTime,
                    duration,
                    answers,
                    postMicros,
                    sample.seenTerminalMicros(),
                    reads.micros(),
                    accepted,
                    failed));
        }
    }

    private void fail(String answer, Instant sent) {
        count(answer);
        if (failed.size() < Load.MOST_FAILED) {
            failed.add(new Load.Failed(answer, sent));
        }
    }

    private void count(String answer) {
        answers.merge(answer, 1L, Long::sum);
    }

    private static String noAnswer(Throwable cause) {
        return "no answer " + cause.getClass().getSimpleName();
    }

    private record Order(UUID user, @Nullable String key, long due) {}

    private record Answer(int status, Buffer body) {
        /** The status with the problem's stable code, so that a run's refusals can be told apart. */
        String kind() {
            try {
                return status + " " + body.toJsonObject().getString("code", "without code");
            } catch (DecodeException e) {
                return status + " no JSON";
            }
        }
    }
}
