package dev.holdfast.localstack;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Walks one order through the system, as a client would, and prints each answer with its time. */
final class Demo {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(20);
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(30);

    private final String gateway;
    private final PrintStream out;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Demo(String gateway, PrintStream out) {
        this.gateway = gateway;
        this.out = out;
    }

    void run() {
        UUID user = UUID.randomUUID();
        out.println("A new customer opens an account and tops it up by 100.00");
        call("POST", "/accounts/" + user, "", 201);
        call("POST", "/accounts/" + user + "/deposit", "{\"amount\": 100.00}", 200);

        out.println("\nThe customer orders for 60.00: the money is held at once, then charged by the saga");
        long ordered = System.nanoTime();
        String order =
                call("POST", "/orders?user_id=" + user, "{\"amount\": 60.00, \"description\": \"two books\"}", 201);
        String path = "/orders/" + field(order, "id") + "?user_id=" + user;
        if (!Waiting.until(
                FINISH_LIMIT,
                () -> !field(send("GET", path, "").body(), "status").equals("NEW"))) {
            throw new StackException("the order is not finished after " + FINISH_LIMIT.toSeconds() + " s: " + path);
        }
        long finished = System.nanoTime();
        String status = field(call("GET", path, "", 200), "status");
        if (!status.equals("FINISHED")) {
            throw new StackException("the order ended as " + status);
        }
        out.printf(
                "  from the order to %s: %d ms%n",
                status, Duration.ofNanos(finished - ordered).toMillis());

        out.println("\nAnother order for 60.00 is too dear now, and nothing is held for it");
        call("POST", "/orders?user_id=" + user, "{\"amount\": 60.00, \"description\": \"two more books\"}", 402);

        out.println("\nWhat is left, and the statement of the account");
        call("GET", "/accounts/" + user, "", 200);
        call("GET", "/accounts/" + user + "/transfers", "", 200);
    }

    private String call(String method, String path, String body, int expectedStatus) {
        long start = System.nanoTime();
        HttpResponse<String> response = send(method, path, body);
        long milliseconds = Duration.ofNanos(System.nanoTime() - start).toMillis();
        out.printf(
                "  %s %s %s%n  -> %d in %d ms%n     %s%n",
                method, path, body, response.statusCode(), milliseconds, response.body());
        if (response.statusCode() != expectedStatus) {
            throw new StackException("expected " + expectedStatus + " but was answered " + response.statusCode());
        }
        return response.body();
    }

    private HttpResponse<String> send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway + path))
                .timeout(REQUEST_LIMIT)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new StackException("no answer from " + gateway + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** A text field of a JSON object; enough for these answers, and spares the launcher a JSON library. */
    private static String field(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        if (!matcher.find()) {
            throw new StackException("no " + name + " in the answer " + json);
        }
        return matcher.group(1);
    }
}
