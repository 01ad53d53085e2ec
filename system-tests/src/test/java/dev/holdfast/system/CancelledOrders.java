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

/** Orders whose hold is released at once, before or after it was captured: they are cancelled or finished accordingly. */
final class CancelledOrders {
    private static final int AT_ONCE = 10;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final URI gateway;
    private final ClientTokens tokens;
    private final List<UUID> cancelled = new ArrayList<>();
    private final List<UUID> finished = new ArrayList<>();

    CancelledOrders(URI gateway, ClientTokens tokens) {
        this.gateway = gateway;
        this.tokens = tokens;
    }

    /** Places some more. */
    void place() throws IOException, InterruptedException {
        UUID user = Accounts.open(gateway, tokens, 1, new BigDecimal("100.00")).getFirst();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < AT_ONCE; i++) {
                HttpResponse<String> placed = post(client, "/orders?user_id=" + user, "{\"amount\":1.00}");
                assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
                String order = MAPPER.readTree(placed.body()).path("id").textValue();
                HttpResponse<String> released =
                        post(client, "/accounts/" + user + "/release", "{\"order_id\":\"" + order + "\"}");
                assertThat(released.statusCode()).as(released.body()).isIn(200, 409);
                (released.statusCode() == 200 ? cancelled : finished).add(UUID.fromString(order));
            }
        }
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

    private HttpResponse<String> post(HttpClient client, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        tokens.operator().ifPresent(token -> request.header("Authorization", token));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
