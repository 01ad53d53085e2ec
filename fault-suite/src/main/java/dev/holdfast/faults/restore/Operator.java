package dev.holdfast.faults.restore;

import dev.holdfast.access.ClientTokens;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls with an operator's token; an answer of no success ends the drill. */
final class Operator implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final ClientTokens tokens;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Operator(ClientTokens tokens) {
        this.tokens = tokens;
    }

    JsonObject get(URI address) throws IOException, InterruptedException {
        return new JsonObject(send("GET", address, null));
    }

    JsonArray list(URI address) throws IOException, InterruptedException {
        return new JsonArray(send("GET", address, null));
    }

    JsonObject post(URI address, JsonObject body) throws IOException, InterruptedException {
        return new JsonObject(send("POST", address, body));
    }

    private String send(String method, URI address, @Nullable JsonObject body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.encode(body)));
        tokens.operator().ifPresent(token -> request.header("Authorization", token));
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    method + " " + address + " was answered " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }
}
