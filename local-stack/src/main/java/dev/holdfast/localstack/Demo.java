package dev.holdfast.localstack;

import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

/** Walks one order through the system, as a client would, and prints each answer with its time. */
final class Demo {
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(30);

    private final Gateway gateway;
    private final PrintStream out;

    Demo(Gateway gateway, PrintStream out) {
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
        String path = "/orders/" + Gateway.field(order, "id") + "?user_id=" + user;
        if (!Waiting.until(
                FINISH_LIMIT,
                () -> !Gateway.field(gateway.send("GET", path, "").body(), "status")
                        .equals("NEW"))) {
            throw new StackException("the order is not finished after " + FINISH_LIMIT.toSeconds() + " s: " + path);
        }
        long finished = System.nanoTime();
        String status = Gateway.field(call("GET", path, "", 200), "status");
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
        HttpResponse<String> response = gateway.send(method, path, body);
        long milliseconds = Duration.ofNanos(System.nanoTime() - start).toMillis();
        out.printf(
                "  %s %s %s%n  -> %d in %d ms%n     %s%n",
                method, path, body, response.statusCode(), milliseconds, response.body());
        if (response.statusCode() != expectedStatus) {
            throw new StackException("expected " + expectedStatus + " but was answered " + response.statusCode());
        }
        return response.body();
    }
}
