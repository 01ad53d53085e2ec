package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/** A customer of a stack that speaks TLS only. */
final class TlsShop implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SAGA_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final URI gateway;
    private final String authorization;

    TlsShop(URI gateway, String authorization, SSLContext trust) {
        this(HttpClient.newBuilder().sslContext(trust).build(), gateway, authorization);
    }

    private TlsShop(HttpClient client, URI gateway, String authorization) {
        this.client = client;
        this.gateway = gateway;
        this.authorization = authorization;
    }

    /** The same connections, with the token of another. */
    TlsShop by(TlsShop other) {
        return new TlsShop(client, gateway, other.authorization);
    }

    int status(String path) throws IOException, InterruptedException {
        return send("GET", path, "").statusCode();
    }

    UUID openAccount() throws IOException, InterruptedException {
        UUID user = UUID.randomUUID();
        assertThat(send("POST", "/accounts/" + user, "").statusCode()).isEqualTo(201);
        assertThat(send("POST", "/accounts/" + user + "/deposit", "{\"amount\":10000}")
                        .statusCode())
                .isEqualTo(200);
        return user;
    }

    UUID order(UUID user) throws IOException, InterruptedException {
        HttpResponse<String> placed = place(user);
        assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
        return UUID.fromString(JSON.readTree(placed.body()).path("id").asText());
    }

    /** Returns the status of the answer. */
    int tryOrder(UUID user) throws IOException, InterruptedException {
        return place(user).statusCode();
    }

    /** Returns the status of the answer. */
    int account(UUID user) throws IOException, InterruptedException {
        return send("GET", "/accounts/" + user, "").statusCode();
    }

    /** Returns the status of the answer. */
    int list(UUID user) throws IOException, InterruptedException {
        return send("GET", "/orders?user_id=" + user, "").statusCode();
    }

    String statusOf(UUID user, UUID order) throws IOException, InterruptedException {
        String body = send("GET", "/orders/" + order + "?user_id=" + user, "").body();
        return JSON.readTree(body).path("status").asText();
    }

    void awaitFinished(UUID user, UUID order) {
        await().atMost(SAGA_TIMEOUT).until(() -> statusOf(user, order).equals("FINISHED"));
    }

    /** Asks for the document, which needs no token. */
    static HttpResponse<String> get(HttpClient client, String service) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(service + "/openapi"))
                        .timeout(ANSWER_TIMEOUT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.close();
    }

    private HttpResponse<String> place(UUID user) throws IOException, InterruptedException {
        return send("POST", "/orders?user_id=" + user, "{\"amount\":1.00,\"description\":\"a book\"}");
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(gateway.resolve(path))
                        .timeout(ANSWER_TIMEOUT)
                        .header("Authorization", authorization)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
