package dev.holdfast.faults;

import dev.holdfast.access.ClientTokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

/** A new customer who places one order and waits until it is finished: then the stack has recovered. */
public final class Probe implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final URI gateway;
    private final ClientTokens tokens;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public Probe(URI gateway, ClientTokens tokens) {
        this.gateway = gateway;
        this.tokens = tokens;
    }

    /** @throws MissedException after the timeout, with the last answer */
    public void await(Duration timeout) throws InterruptedException, MissedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        UUID user = UUID.randomUUID();
        until(deadline, "POST", "/accounts/" + user, "");
        until(deadline, "POST", "/accounts/" + user + "/deposit", "{\"amount\":2.00}");
        String placed = until(deadline, "POST", "/orders?user_id=" + user, "{\"amount\":1.00}");
        String order = "/orders/" + new JsonObject(placed).getString("id") + "?user_id=" + user;
        String status;
        do {
            status = new JsonObject(until(deadline, "GET", order, "")).getString("status");
        } while (status.equals("NEW"));
        if (!status.equals("FINISHED")) {
            throw new MissedException("the order of a new customer ended as " + status + ": " + order);
        }
    }

    /** Asks again with the same key until it is answered as it should be; returns the answer. */
    private String until(long deadline, String method, String path, String body)
            throws InterruptedException, MissedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        tokens.backend().ifPresent(token -> request.header("Authorization", token));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        String last = "nothing";
        while (System.nanoTime() < deadline) {
            Thread.sleep(PAUSE);
            try {
                HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
                last = answer.statusCode() + " " + answer.body();
                // An account that is there already was opened by an attempt whose answer was lost.
                if (answer.statusCode() / 100 == 2 || last.contains("\"account_exists\"")) {
                    return answer.body();
                }
            } catch (IOException e) {
                last = e.toString();
            }
        }
        throw new MissedException(method + " " + path + " was last answered with " + last);
    }

    @Override
    public void close() {
        client.close();
    }
}
