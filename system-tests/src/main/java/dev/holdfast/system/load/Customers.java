package dev.holdfast.system.load;

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

/** Accounts with money on them, opened through the gateway. */
public final class Customers {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Customers() {}

    /** Opens that many new accounts with that much money on each. */
    public static List<UUID> open(URI gateway, int count, BigDecimal balance) throws IOException, InterruptedException {
        List<UUID> users = new ArrayList<>();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < count; i++) {
                UUID user = UUID.randomUUID();
                post(client, gateway.resolve("/accounts/" + user), "", 201);
                post(
                        client,
                        gateway.resolve("/accounts/" + user + "/deposit"),
                        "{\"amount\":" + balance.toPlainString() + "}",
                        200);
                users.add(user);
            }
        }
        return users;
    }

    private static void post(HttpClient client, URI uri, String body, int expected)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException("POST " + uri + " was answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
