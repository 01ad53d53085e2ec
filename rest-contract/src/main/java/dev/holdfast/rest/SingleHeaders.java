package dev.holdfast.rest;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Headers that decide something and have one value: two of them, of which a server and a proxy may each take another, or
 * an empty one, which the framework takes for none while its sender relies on it, are refused.
 */
final class SingleHeaders {
    private static final List<String> ONCE = List.of(
            "Host",
            "Authorization",
            "Content-Type",
            "Content-Encoding",
            "Content-Length",
            IdempotencyKey.HEADER,
            "X-Operator");

    private static final List<String> NEVER_EMPTY = List.of(IdempotencyKey.HEADER, "X-Operator");

    private SingleHeaders() {}

    static @Nullable Problem refusal(HttpServerRequest request) {
        for (String name : ONCE) {
            if (request.headers().contains(name)
                    && request.headers().getAll(name).size() > 1) {
                return Problem.invalid(name, "must be given once");
            }
        }
        for (String name : NEVER_EMPTY) {
            String value = request.getHeader(name);
            if (value != null && value.isBlank()) {
                return Problem.invalid(name, "must not be empty");
            }
        }
        return null;
    }
}
