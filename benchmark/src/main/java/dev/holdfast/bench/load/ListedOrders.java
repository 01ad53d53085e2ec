package dev.holdfast.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.access.ClientTokens;
import dev.holdfast.invariants.Poll;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Reads orders through the gateway, where there is no way to the databases. */
public final class ListedOrders implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final int PAGE_SIZE = 200;
    /** The clocks of client and server may differ by this much. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final URI gateway;
    private final ClientTokens tokens;
    private final JsonMapper json = new JsonMapper();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public ListedOrders(URI gateway, ClientTokens tokens) {
        this.gateway = gateway;
        this.tokens = tokens;
    }

    /**
     * Returns once none of these users has an order NEW.
     *
     * @throws IllegalStateException after the timeout
     */
    public void awaitTerminal(Collection<UUID> userIds, Duration timeout) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (UUID userId : userIds) {
            Duration left = timeout.minusNanos(System.nanoTime() - start);
            if (!Poll.until(
                    left,
                    POLL_INTERVAL,
                    () -> json.readTree(get(ordersOf(userId) + "&status=NEW&limit=1")
                                    .body())
                            .isEmpty())) {
                throw new IllegalStateException(
                        "After " + timeout.toSeconds() + " seconds user " + userId + " still has an order NEW");
            }
        }
    }

    /** Reads the orders that these users have placed since then. */
    void read(Collection<UUID> userIds, Instant since, Consumer<StoredOrder> each)
            throws IOException, InterruptedException {
        for (UUID userId : userIds) {
            Optional<String> page = Optional.of(ordersOf(userId) + "&limit=" + PAGE_SIZE);
            while (page.isPresent()) {
                HttpResponse<String> answer = get(page.get());
                boolean older = false;
                for (JsonNode order : json.readTree(answer.body())) {
                    StoredOrder stored = stored(order);
                    each.accept(stored);
                    older = stored.createdAt().isBefore(since.minus(CLOCK_SKEW));
                }
                page = older
                        ? Optional.empty()
                        : answer.headers().firstValue("Link").flatMap(NextPage::in);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.resolve(path)).timeout(TIMEOUT);
        tokens.backend().ifPresent(token -> request.header("Authorization", token));
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (LimitedException.isMeantBy(answer.statusCode())) {
            throw new LimitedException();
        }
        if (answer.statusCode() != 200) {
            throw new IOException(
                    "GET " + answer.uri() + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }

    private static String ordersOf(UUID userId) {
        return "/orders?user_id=" + userId;
    }

    private static StoredOrder stored(JsonNode order) {
        return new StoredOrder(
                UUID.fromString(order.get("id").asText()),
                order.get("status").asText(),
                Instant.parse(order.get("created_at").asText()),
                Instant.parse(order.get("updated_at").asText()));
    }
}
