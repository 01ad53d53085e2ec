package dev.holdfast.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service that behaves as the last segment of the path says. {@code /calls?of=…} and {@code /cancelled?of=…}, asked
 * directly, tell how often a path with query was called, and how often its caller went away.
 */
final class FakeService {
    private static final Buffer MEBIBYTE = Buffer.buffer(new byte[1 << 20]);

    private static final Iterable<String> SET_COOKIES = List.of("a=1", "b=2");

    private final Vertx vertx;
    private final Map<String, Integer> calls = new ConcurrentHashMap<>();
    private final Map<String, Integer> cancelled = new ConcurrentHashMap<>();

    FakeService(Vertx vertx) {
        this.vertx = vertx;
    }

    int start() {
        return start(new HttpServerOptions());
    }

    int start(HttpServerOptions options) {
        return vertx.createHttpServer(options.setMaxInitialLineLength(8 * 1024).setMaxHeaderSize(20 * 1024))
                .requestHandler(this::answer)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        switch (request.path()) {
            case "/calls" -> response.end(calls.getOrDefault(request.getParam("of"), 0) + "");
            case "/cancelled" -> response.end(cancelled.getOrDefault(request.getParam("of"), 0) + "");
            default -> {
                int call = calls.merge(request.uri(), 1, Integer::sum);
                response.exceptionHandler(gone -> cancelled.merge(request.uri(), 1, Integer::sum));
                behave(request, response, call);
            }
        }
    }

    private void behave(HttpServerRequest request, HttpServerResponse response, int call) {
        String path = request.path();
        switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "slow" -> vertx.setTimer(Long.parseLong(request.getParam("ms")), elapsed -> response.end("at last"));
            case "never" -> {}
            case "closing" -> response.putHeader("Connection", "close").end("the last one here");
            case "drop" -> request.connection().close();
            case "drop-once" -> {
                if (call == 1) {
                    request.connection().close();
                } else {
                    response.end("call " + call);
                }
            }
            case "cut-before-the-body" ->
                response.putHeader("Content-Length", "1000")
                        .write("")
                        .onComplete(written -> request.connection().close());
            case "cut-once" -> {
                if (call == 1) {
                    response.putHeader("Content-Length", "1000")
                            .putHeader("Cache-Control", "private")
                            .putHeader("X-Lost", "1")
                            .write("")
                            .onComplete(written -> request.connection().close());
                } else {
                    response.end("call " + call);
                }
            }
            case "cut" ->
                response.putHeader("Content-Length", "1000")
                        .write("the beginning")
                        .onComplete(written -> request.connection().close());
            case "cut-chunked" ->
                response.setChunked(true)
                        .write("the beginning")
                        .onComplete(written -> request.connection().close());
            case "stall" -> response.setChunked(true).write("the beginning");
            case "big" -> stream(response, Integer.parseInt(request.getParam("mebibytes")));
            case "head" -> response.putHeader("Content-Length", "7").end();
            case "not-modified" ->
                response.setStatusCode(304).putHeader("ETag", "\"1\"").end();
            case "created" ->
                response.setStatusCode(201)
                        .putHeader("Location", "/orders/1?user_id=2")
                        .putHeader("Link", "</orders?cursor=x>; rel=\"next\"")
                        .putHeader("Connection", "X-Hop")
                        .putHeader("X-Hop", "1")
                        .putHeader("Keep-Alive", "timeout=5")
                        .putHeader("Set-Cookie", SET_COOKIES)
                        .end("{}");
            case "cacheable" ->
                response.putHeader("cache-control", "private")
                        .putHeader("content-security-policy", "sandbox")
                        .end("{}");
            case "echoed-link" ->
                response.putHeader("Link", "<" + request.uri() + ">; rel=\"next\"")
                        .end("[]");
            case "openapi" ->
                response.end(new JsonObject()
                        .put("openapi", "3.1.0")
                        .put(
                                "paths",
                                new JsonObject()
                                        .put("/accounts", new JsonObject())
                                        .put("/admin/orders/dead-letters", new JsonObject())
                                        .put("/admin/else", new JsonObject())
                                        .put("/orders", new JsonObject())
                                        .put("/refunds", new JsonObject()))
                        .toBuffer());
            default ->
                request.body()
                        .onSuccess(body -> response.putHeader("Content-Type", "application/json")
                                .end(echo(request, body).toBuffer()));
        }
    }

    private static JsonObject echo(HttpServerRequest request, Buffer body) {
        JsonObject headers = new JsonObject();
        request.headers()
                .names()
                .forEach(name -> headers.put(
                        name.toLowerCase(Locale.ROOT),
                        new JsonArray(request.headers().getAll(name))));
        return new JsonObject()
                .put("method", request.method().name())
                .put("uri", request.uri())
                .put("headers", headers)
                .put("body", body.toString());
    }

    private static void stream(HttpServerResponse response, int mebibytes) {
        response.setChunked(true);
        writeMore(response, mebibytes);
    }

    private static void writeMore(HttpServerResponse response, int left) {
        if (left == 0) {
            response.end();
        } else {
            response.write(MEBIBYTE).onSuccess(written -> writeMore(response, left - 1));
        }
    }
}
