package dev.holdfast.faults.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
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
    /** After which a client gives its request up. */
    static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int HTTP_PORT = 80;

    static {
        // Else the JDK warns of Netty's use of sun.misc.Unsafe.
        System.setProperty("io.netty.noUnsafe", "true");
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(false));
    /** Requests are made on its thread: on another, an answer can be over before anybody asks for its body. */
    private final Context context = vertx.getOrCreateContext();

    private final HttpClient client;

    /** @param connectionsMax how many requests can be under way at once */
    Caller(URI gateway, int connectionsMax) {
        client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setDefaultHost(gateway.getHost())
                        .setDefaultPort(gateway.getPort() == -1 ? HTTP_PORT : gateway.getPort())
                        .setConnectTimeout((int) DEADLINE.toMillis()))
                // Not an option of the client, where its builder would not look.
                .with(new PoolOptions().setHttp1MaxSize(connectionsMax))
                // A connection that is lost fails its request, where it is counted.
                .withConnectHandler(connection -> connection.exceptionHandler(lost -> {}))
                .build();
    }

    Answer send(Request request) throws InterruptedException {
        Promise<Answer> answer = Promise.promise();
        context.runOnContext(start -> exchange(request).onComplete(answer));
        try {
            return answer.future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return new Answer(Answer.NONE, String.valueOf(e.getCause()), "");
        } catch (TimeoutException e) {
            return new Answer(Answer.NONE, "no answer within " + DEADLINE.toSeconds() + " seconds", "");
        }
    }

    private Future<Answer> exchange(Request request) {
        URI target = URI.create(request.target());
        RequestOptions options = new RequestOptions()
                .setMethod(request.method())
                .setURI(target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()))
                .setTimeout(DEADLINE.toMillis());
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
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
