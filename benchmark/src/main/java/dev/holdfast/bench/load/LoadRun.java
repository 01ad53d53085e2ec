package dev.holdfast.bench.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One load under way. All but the open loop's thread happens on one event loop, so nothing is shared between threads. */
final class LoadRun {
    private static final long RETRY_PAUSE_MILLIS = 100;
    /** How long after the load's end an order without a clear answer is still repeated. */
    private static final long REPEATED_NANOS = Duration.ofSeconds(60).toNanos();

    private static final long PROGRESS_MILLIS = 1_000;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;

    private final Vertx vertx;
    private final LoadPlan plan;
    private final LongConsumer progress;
    private final CompletableFuture<Load> result;
    private final LoadRequests requests;
    private final LoadFigures figures = new LoadFigures();
    private final OpenLoop openLoop;
    private final TerminalSample sample;
    private final ReadMix reads;
    private final ActMix acts;
    private long end;
    private long started;
    private long ordersStarted;
    private long underWay;
    private boolean allStarted;
    private long progressTimer;

    LoadRun(Vertx vertx, HttpClient client, LoadPlan plan, LongConsumer progress, CompletableFuture<Load> result) {
        this.vertx = vertx;
        this.plan = plan;
        this.progress = progress;
        this.result = result;
        this.requests = new LoadRequests(client, plan.tokens());
        this.openLoop = new OpenLoop(figures.start(), plan.ratePerSecond());
        this.sample = new TerminalSample(vertx, requests);
        this.reads = new ReadMix(plan.readPercent(), plan.users(), figures.accepted());
        this.acts = new ActMix(plan.actPercent(), figures.accepted());
        this.end = figures.start() + plan.duration().toNanos();
    }

    void start() {
        progressTimer = vertx.setPeriodic(
                PROGRESS_MILLIS, ignored -> progress.accept(figures.accepted().size()));
        if (plan.openLoop()) {
            Context context = vertx.getOrCreateContext();
            openLoop.run(() -> context.runOnContext(ignored -> startWhatIsDue()));
        } else {
            for (int connection = 0; connection < plan.connections(); connection++) {
                startNext();
            }
        }
    }

    void stop() {
        end = Math.min(end, System.nanoTime());
    }

    /** Ends the load without a result. */
    private void giveUp(Exception cause) {
        result.completeExceptionally(cause);
        stop();
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

    /** Open loop. */
    private void startWhatIsDue() {
        long now = Math.min(System.nanoTime(), end);
        for (long due = openLoop.due(started); due < now; due = openLoop.due(started)) {
            start(due);
        }
        if (now >= end && !allStarted) {
            allStarted = true;
            openLoop.stop();
            completeOnceAnswered();
        }
    }

    private void start(long due) {
        started++;
        underWay++;
        if (reads.nextIsRead()) {
            read(reads.nextRead(), due);
        } else if (acts.nextIsAct()) {
            act(acts.nextAct(), due);
        } else {
            UUID user = plan.users().get((int) (ordersStarted++ % plan.users().size()));
            place(new Order(user, plan.repeatsUnclear() ? UUID.randomUUID().toString() : null, due));
        }
    }

    private void read(Read read, long due) {
        finishAfter(requests.read(reads.path(read)), "get_" + read.name().toLowerCase(Locale.ROOT), due);
    }

    private void act(Act act, long due) {
        Load.Accepted order = acts.order(act);
        Future<LoadRequests.Answer> answer = switch (act) {
            case CANCEL -> requests.cancel(order);
            case REFUND -> requests.refund(order);
        };
        finishAfter(answer, act.name().toLowerCase(Locale.ROOT), due);
    }

    /** Whatever the answer is, it is not asked for again. */
    private void finishAfter(Future<LoadRequests.Answer> request, String what, long due) {
        Instant sent = Instant.now();
        request.onComplete(answer -> {
            int status = answer.succeeded() ? answer.result().status() : 0;
            if (status == OK || status == CREATED) {
                figures.count(status + " " + what);
                figures.time(what, due);
            } else if (answer.failed()) {
                figures.fail(noAnswer(answer.cause()), sent);
            } else if (LimitedException.isMeantBy(status)) {
                giveUp(new LimitedException());
            } else if (status >= 500) {
                figures.fail(answer.result().kind(), sent);
            } else {
                figures.count(answer.result().kind() + " " + what);
            }
            if (status == 0 || status >= 500) {
                vertx.setTimer(RETRY_PAUSE_MILLIS, ignored -> finish());
            } else {
                finish();
            }
        });
    }

    private void place(Order order) {
        Instant sent = Instant.now();
        requests.placeOrder(order.user, order.key).onComplete(answer -> {
            if (answer.succeeded()) {
                on(order, sent, answer.result());
            } else {
                figures.fail(noAnswer(answer.cause()), sent);
                onUnclear(order);
            }
        });
    }

    private void on(Order order, Instant sent, LoadRequests.Answer answer) {
        if (answer.status() == CREATED) {
            UUID id = UUID.fromString(answer.body().toJsonObject().getString("id"));
            figures.accept(id, order.user, order.due);
            sample.offer(id, order.user, order.due);
            finish();
        } else if (answer.status() >= 500) {
            figures.fail(answer.kind(), sent);
            onUnclear(order);
        } else {
            figures.count(answer.kind());
            if (LimitedException.isMeantBy(answer.status())) {
                giveUp(new LimitedException());
            }
            if (answer.status() == CONFLICT) {
                onUnclear(order);
            } else {
                finish();
            }
        }
    }

    /** The order may have been placed or not: it is sent again with its key where the plan says so. */
    private void onUnclear(Order order) {
        boolean again = plan.repeatsUnclear() && System.nanoTime() < end + REPEATED_NANOS;
        vertx.setTimer(RETRY_PAUSE_MILLIS, ignored -> {
            if (again) {
                place(order);
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
            result.complete(figures.load(Duration.ofNanos(end - figures.start()), sample));
        }
    }

    private static String noAnswer(Throwable cause) {
        return "no answer " + cause.getClass().getSimpleName();
    }

    /** @param due as {@link System#nanoTime()} told it */
    private record Order(UUID user, @Nullable String key, long due) {}
}
