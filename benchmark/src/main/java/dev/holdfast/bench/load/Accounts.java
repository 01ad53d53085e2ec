package dev.holdfast.bench.load;

import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Accounts with money on them, opened through the gateway. */
public final class Accounts {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int OPENED_AT_ONCE = 8;
    /** What a service that has just started, or is busy, asks for. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final int ATTEMPTS = 10;

    private Accounts() {}

    /** Opens that many new accounts with that much money on each, some at a time. */
    public static List<UUID> open(URI gateway, ClientTokens tokens, int count, BigDecimal balance)
            throws IOException, InterruptedException {
        List<Callable<UUID>> openings = new ArrayList<>(count);
        List<UUID> users = new ArrayList<>(count);
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                ExecutorService threads = Executors.newFixedThreadPool(OPENED_AT_ONCE)) {
            for (int i = 0; i < count; i++) {
                openings.add(() -> open(client, gateway, tokens, balance));
            }
            for (Future<UUID> opened : threads.invokeAll(openings)) {
                users.add(opened.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LimitedException limited) {
                throw limited;
            }
            throw new IOException("The accounts could not be opened: " + e.getMessage(), e);
        }
        return users;
    }

    private static UUID open(HttpClient client, URI gateway, ClientTokens tokens, BigDecimal balance)
            throws IOException, InterruptedException {
        UUID user = UUID.randomUUID();
        post(client, tokens, gateway.resolve("/accounts/" + user), "", 201);
        String deposit = "{\"amount\":" + balance.toPlainString() + "}";
        post(client, tokens, gateway.resolve("/accounts/" + user + "/deposit"), deposit, 200);
        return user;
    }

    private static void post(HttpClient client, ClientTokens tokens, URI uri, String body, int expected)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        tokens.backend().ifPresent(token -> request.header("Authorization", token));
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        for (int attempt = 1; answer.statusCode() == 503 && attempt < ATTEMPTS; attempt++) {
            Thread.sleep(RETRY_AFTER);
            answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
        if (LimitedException.isMeantBy(answer.statusCode())) {
            throw new LimitedException();
        }
        if (answer.statusCode() != expected) {
            throw new IOException("POST " + uri + " was answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
