package dev.holdfast.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that stalls once: all that a stall delays must be seen in the latencies of the open loop. */
class LoadGeneratorTest {
    private static final Duration DURATION = Duration.ofSeconds(1);
    private static final int RATE = 200;
    private static final long STALL_MILLIS = 500;
    private static final int STALLED_REQUEST = 20;

    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    /** What an order is answered. */
    private volatile int created = 201;

    LoadGeneratorTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        // One thread: while it stalls, every request waits.
        server.setExecutor(threads);
        server.createContext("/orders", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void theOpenLoopCountsAStallForEveryOrderItDelays() throws Exception {
        Load load = run(RATE);

        assertThat(load.accepted()).hasSize((int) (RATE * DURATION.toSeconds()));
        // Half of the orders were due while the server stalled, and half of those in the first half of it.
        assertThat(load.postMicros().getTotalCount()).isEqualTo(load.accepted().size());
        assertThat(load.postMicros().getCountBetweenValues(STALL_MILLIS * 500, Long.MAX_VALUE / 2))
                .as("orders that waited for half of the stall and more")
                .isGreaterThan(40);
        assertThat(load.postMicros().getMaxValue()).isGreaterThan(STALL_MILLIS * 950);
    }

    @Test
    void theClosedLoopHasOneRequestUnderWayPerConnection() throws Exception {
        Load load = run(0);

        assertThat(load.answers()).containsOnlyKeys("201");
        assertThat(load.postMicros().getCountBetweenValues(STALL_MILLIS * 500, Long.MAX_VALUE / 2))
                .as("orders that waited for the stall")
                .isBetween(1L, 9L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, RATE})
    void endsWithAHintWhereTheGatewayLimitsIt(int rate) {
        created = 429;
        long started = System.nanoTime();
        assertThatThrownBy(() -> run(rate, Duration.ofMinutes(1)))
                .isInstanceOf(LimitedException.class)
                .hasMessageContaining("429")
                .hasMessageContaining("UNLIMITED_ADDRESSES");
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .as("it does not go on for as long as was planned")
                .isLessThan(Duration.ofSeconds(30));
    }

    private Load run(double ratePerSecond) throws InterruptedException {
        return run(ratePerSecond, DURATION);
    }

    private Load run(double ratePerSecond, Duration duration) throws InterruptedException {
        URI gateway = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (LoadGenerator generator = new LoadGenerator()) {
            return generator
                    .start(
                            LoadPlan.closedLoop(gateway, ClientTokens.none(), List.of(UUID.randomUUID()), 1, duration)
                                    .atRate(ratePerSecond),
                            accepted -> {})
                    .await();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean post = exchange.getRequestMethod().equals("POST");
        if (post && requests.incrementAndGet() == STALLED_REQUEST) {
            try {
                Thread.sleep(STALL_MILLIS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        exchange.getRequestBody().readAllBytes();
        byte[] body =
                ("{\"id\":\"" + UUID.randomUUID() + "\",\"status\":\"FINISHED\"}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(post ? created : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
