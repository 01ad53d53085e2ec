package dev.holdfast.faults.load;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests to the gateway from any thread and waits for the answers. It never repeats one by itself. */
final class Caller implements AutoCloseable {
    /** After it a client gives its request up. */
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final EventLoop eventLoop = new EventLoop();
    /** Requests are made on its thread; on another, an answer may end before its body is asked for. */
    private final Context context = eventLoop.vertx().getOrCreateContext();

    private final HttpClient client;
    private final ClientTokens tokens;

    /** @param connectionsMax how many requests can be under way at once */
    Caller(URI gateway, ClientTokens tokens, int connectionsMax) {
        this.tokens = tokens;
        client = eventLoop.client(gateway, TIMEOUT, new PoolOptions().setHttp1MaxSize(connectionsMax));
    }

    Answer send(Request request) throws InterruptedException {
        Promise<Answer> answer = Promise.promise();
        context.runOnContext(start -> exchange(request).onComplete(answer));
        try {
            return answer.future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return new Answer(Answer.NONE, String.valueOf(e.getCause()), "");
        } catch (TimeoutException e) {
            return new Answer(Answer.NONE, "no answer within " + TIMEOUT.toSeconds() + " seconds", "");
        }
    }

    private Future<Answer> exchange(Request request) {
        URI target = URI.create(request.target());
        RequestOptions options = new RequestOptions()
                .setMethod(request.method())
                .setURI(target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()))
                .setTimeout(TIMEOUT.toMillis());
        tokens.operator().ifPresent(token -> options.putHeader("Authorization", token));
        return client.request(options)
                .compose(opened -> write(opened, request))
                .compose(response -> response.body().map(body -> {
                    String link = response.getHeader("Link");
                    return new Answer(response.statusCode(), body.toString(), link == null ? "" : link);
                }));
    }

    private static Future<HttpClientResponse> write(HttpClientRequest opened, Request request) {
        String key = request.key();
        if (key != null) {
            opened.putHeader("Idempotency-Key", key);
        }
        String body = request.body();
        return body == null
                ? opened.send()
                : opened.putHeader("Content-Type", "application/json").send(body);
    }

    @Override
    public void close() {
        eventLoop.close();
    }
}
