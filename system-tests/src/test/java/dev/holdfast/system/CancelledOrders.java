package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.load.Accounts;
import dev.holdfast.invariants.Database;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Orders whose hold is released, or which are cancelled on request, at once, before or after the capture: they are cancelled or
 * finished accordingly.
 */
final class CancelledOrders {
    private static final int AT_ONCE = 10;
    /** Half of the replicas of payments may be of a version that does not know cancellations. */
    private static final int ATTEMPTS_MAX = 20;

    private static final JsonMapper MAPPER = new JsonMapper();

    private final URI gateway;
    private final ClientTokens tokens;
    private final List<UUID> cancelled = new ArrayList<>();
    private final List<UUID> finished = new ArrayList<>();

    CancelledOrders(URI gateway, ClientTokens tokens) {
        this.gateway = gateway;
        this.tokens = tokens;
    }

    /** Places some more, and releases their holds. */
    void place() throws IOException, InterruptedException {
        place((client, user, order) ->
                post(client, gateway, "/accounts/" + user + "/release", "{\"order_id\":\"" + order + "\"}"));
    }

    /** Places some more, and cancels them at this replica of order-service. */
    void placeAndCancel(URI replica) throws IOException, InterruptedException {
        place((client, user, order) -> {
            String path = "/orders/" + order + "/cancel?user_id=" + user;
            HttpResponse<String> answer = post(client, replica, path, "{}");
            for (int attempt = 1; answer.statusCode() == 503 && attempt < ATTEMPTS_MAX; attempt++) {
                answer = post(client, replica, path, "{}");
            }
            return answer;
        });
    }

    private void place(End end) throws IOException, InterruptedException {
        UUID user = Accounts.open(gateway, tokens, 1, new BigDecimal("100.00")).getFirst();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < AT_ONCE; i++) {
                HttpResponse<String> placed = post(client, gateway, "/orders?user_id=" + user, "{\"amount\":1.00}");
                assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
                UUID order = UUID.fromString(
                        MAPPER.readTree(placed.body()).path("id").textValue());
                HttpResponse<String> ended = end.ask(client, user, order);
                assertThat(ended.statusCode()).as(ended.body()).isIn(200, 409);
                (ended.statusCode() == 200 ? cancelled : finished).add(order);
            }
        }
    }

    private interface End {
        HttpResponse<String> ask(HttpClient client, UUID user, UUID order) throws IOException, InterruptedException;
    }

    int count() {
        return cancelled.size();
    }

    /** The system must be quiet. */
    void assertEnded(Database orders) throws SQLException {
        assertThat(cancelled).isNotEmpty();
        assertThat(withStatus("CANCELLED", orders)).containsExactlyInAnyOrderElementsOf(cancelled);
        assertThat(withStatus("FINISHED", orders)).containsAll(finished);
    }

    private static List<UUID> withStatus(String status, Database orders) throws SQLException {
        return orders.texts("select id from orders where status = ?", status).stream()
                .map(UUID::fromString)
                .toList();
    }

    private HttpResponse<String> post(HttpClient client, URI server, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        tokens.operator().ifPresent(token -> request.header("Authorization", token));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
