package dev.holdfast.bench.load;

import dev.holdfast.access.ClientTokens;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The requests of a load, over HTTP. */
record LoadRequests(HttpClient client, ClientTokens tokens) {
    private static final Buffer BODY = Buffer.buffer("{\"amount\":1.00,\"description\":\"load\"}");
    private static final Buffer CANCEL = Buffer.buffer("{\"reason\":\"load\"}");
    private static final Buffer REFUND = Buffer.buffer("{\"amount\":0.01,\"reason\":\"load\"}");
    private static final long TIMEOUT_MILLIS = 20_000;

    Future<Answer> read(String path) {
        return open(HttpMethod.GET, path, tokens.backend())
                .compose(HttpClientRequest::send)
                .compose(LoadRequests::answer);
    }

    Future<Answer> cancel(Load.Accepted order) {
        return post("/orders/" + order.orderId() + "/cancel?user_id=" + order.userId(), CANCEL);
    }

    Future<Answer> refund(Load.Accepted order) {
        return post("/orders/" + order.orderId() + "/refunds?user_id=" + order.userId(), REFUND);
    }

    private Future<Answer> post(String path, Buffer body) {
        return open(HttpMethod.POST, path, tokens.backend())
                .compose(request ->
                        request.putHeader("Content-Type", "application/json").send(body))
                .compose(LoadRequests::answer);
    }

    Future<Answer> placeOrder(UUID user, @Nullable String idempotencyKey) {
        return open(HttpMethod.POST, "/orders?user_id=" + user, tokens.customer(user))
                .compose(request -> {
                    request.putHeader("Content-Type", "application/json");
                    if (idempotencyKey != null) {
                        request.putHeader("Idempotency-Key", idempotencyKey);
                    }
                    return request.send(BODY);
                })
                .compose(LoadRequests::answer);
    }

    private Future<HttpClientRequest> open(HttpMethod method, String path, Optional<String> authorization) {
        RequestOptions request =
                new RequestOptions().setMethod(method).setURI(path).setTimeout(TIMEOUT_MILLIS);
        authorization.ifPresent(token -> request.putHeader("Authorization", token));
        return client.request(request);
    }

    private static Future<Answer> answer(HttpClientResponse response) {
        return response.body().map(body -> new Answer(response.statusCode(), body));
    }

    record Answer(int status, Buffer body) {
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
