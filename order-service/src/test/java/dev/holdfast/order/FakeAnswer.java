package dev.holdfast.order;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What payments answers. */
public record FakeAnswer(int status, String json) {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static FakeAnswer problem(int status, String code) {
        return new FakeAnswer(status, "{\"status\":" + status + ",\"code\":\"" + code + "\"}");
    }

    /** The code of a problem. */
    String code() {
        try {
            return JSON.readTree(json).path("code").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(HttpExchange exchange) throws IOException {
        send(exchange, json.getBytes(StandardCharsets.UTF_8).length);
    }

    /** As a service sends what is long, without saying how long. */
    void sendChunked(HttpExchange exchange) throws IOException {
        send(exchange, 0);
    }

    private void send(HttpExchange exchange, long contentLength) throws IOException {
        exchange.getResponseHeaders()
                .add("Content-Type", status < 400 ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(status, contentLength);
        exchange.getResponseBody().write(json.getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }
}
