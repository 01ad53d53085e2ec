package dev.holdfast.faults.load;

import io.vertx.core.http.HttpMethod;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request.
 *
 * @param kind what it is counted as
 * @param target path and query, or an absolute URL of the same gateway
 * @param key the Idempotency-Key
 */
record Request(
        String kind,
        HttpMethod method,
        String target,
        @Nullable String key,
        @Nullable String body) {
    static Request get(String kind, String target) {
        return new Request(kind, HttpMethod.GET, target, null, null);
    }

    static Request post(String kind, String target, String body) {
        return new Request(kind, HttpMethod.POST, target, null, body);
    }

    static Request hold(UUID user, UUID order, BigDecimal amount, int expirySeconds) {
        return post(
                "hold",
                "/accounts/" + user + "/hold",
                "{\"order_id\":\"%s\",\"amount\":%s,\"expires_in_seconds\":%d}"
                        .formatted(order, amount, expirySeconds));
    }

    static Request release(UUID user, UUID order) {
        return post("release", "/accounts/" + user + "/release", "{\"order_id\":\"" + order + "\"}");
    }

    Request withKey(@Nullable String other) {
        return new Request(kind, method, target, other, body);
    }

    @Override
    public String toString() {
        return method + " " + target + (body == null ? "" : " " + body)
                + (key == null ? "" : " Idempotency-Key: " + key);
    }
}
