package dev.holdfast.faults;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.invariants.Poll;
import dev.holdfast.invariants.Violation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * A reconciliation by the product itself, asked for now.
 *
 * @param orders the gateway, or order-service itself
 */
public record ReconciliationRun(URI orders, ClientTokens tokens) {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    /** What it calls a discrepancy in a stack at rest. */
    public List<Violation> violations() throws IOException, InterruptedException {
        try {
            List<String> open = report().getJsonArray("discrepancies").stream()
                    .map(Object::toString)
                    .toList();
            return open.isEmpty()
                    ? List.of()
                    : List.of(new Violation(
                            Tally.RECONCILIATION, "a sound system has no discrepancies", open.size(), open));
        } catch (MissedException e) {
            return List.of(new Violation(
                    Tally.RECONCILIATION,
                    "a stack at rest is compared within a minute",
                    1,
                    List.of(String.valueOf(e.getMessage()))));
        }
    }

    /**
     * What a pass over everything has found that began now.
     *
     * @throws MissedException when it was not complete within a minute
     */
    public JsonObject report() throws IOException, InterruptedException, MissedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder reports = HttpRequest.newBuilder(orders.resolve("/admin/reconciliation?limit=200"))
                    .timeout(REQUEST_TIMEOUT);
            tokens.operator().ifPresent(token -> reports.header("Authorization", token));
            HttpRequest run = reports.copy()
                    .uri(orders.resolve("/admin/reconciliation/runs?limit=200"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> started = client.send(run, HttpResponse.BodyHandlers.ofString());
            long pass = started.statusCode() == 202 ? new JsonObject(started.body()).getLong("pass") : 0;
            HttpResponse<String> report = started.statusCode() != 202
                    ? started
                    : Poll.lastAnswer(
                            TIMEOUT,
                            POLL_INTERVAL,
                            () -> client.send(reports.build(), HttpResponse.BodyHandlers.ofString()),
                            answer -> passes(answer) >= pass);
            if (report.statusCode() != 200 || passes(report) < pass) {
                throw new MissedException(report.body());
            }
            return new JsonObject(report.body());
        }
    }

    /** How many passes are complete; an answer that does not tell counts as all. */
    private static long passes(HttpResponse<String> answer) {
        return new JsonObject(answer.body()).getLong("passes", Long.MAX_VALUE);
    }
}
