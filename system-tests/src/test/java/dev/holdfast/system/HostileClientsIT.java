package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever holds connections, answers and bodies of the gateway delays and fails nobody else's orders, does not fill its
 * memory, and loses what it holds. The clients are this machine's addresses: 127.0.0.1 has no limits of its own here, all
 * others have the gateway's defaults.
 */
@SystemTest
class HostileClientsIT {
    private static final int ORDERS = 200;
    private static final int SLOW_READERS = 300;
    private static final int SLOW_BODIES = 4_000;
    private static final int IDLE = 2_000;

    private static final int CONNECTIONS = 4_096;
    private static final int CONNECTIONS_PER_ADDRESS = 256;
    private static final int REQUESTS_AT_ONCE_PER_ADDRESS = 64;
    private static final long BODIES_BYTES = 16 << 20;
    /** Other clients of this stack may come back meanwhile. */
    private static final int OTHERS = 20;

    /** So little that the kernels of both sides together take less than two of the largest answers. */
    private static final int RECEIVE_BUFFER_BYTES = 1_024;

    private static final String LARGEST = "/docs/swagger-ui-bundle.js";

    /** Times of the gateway are 10 s. */
    private static final Duration CUT_OFF_MAX = Duration.ofSeconds(40);

    /** The attackers, five services and these orders share the machine's cores. */
    private static final Duration P99_MAX = Duration.ofSeconds(3);

    private static final long GROWTH_MAX_KIB = 150 * 1024;

    private final StackUnderTest stack;
    private final Shop shop;
    private final List<SocketChannel> opened = new ArrayList<>();

    HostileClientsIT(StackUnderTest stack) {
        this.stack = stack;
        shop = Door.GATEWAY.open(stack);
    }

    @AfterEach
    void letGo() throws IOException {
        for (SocketChannel connection : opened) {
            connection.close();
        }
    }

    /** As many readers as half of its connections first, so that there is room for the others. */
    @Test
    void oneAddressHoldsWhatItCan() throws Exception {
        UUID user = userWithOrders();
        String readers = answersToLeave(user);
        String body = bodyBegun(user);
        int readersFirst = CONNECTIONS_PER_ADDRESS / 2;
        Seen seen = assertOrdersGoOn(user, before -> {
            for (int i = 0; i < readersFirst; i++) {
                hold("127.0.0.2", readers);
                // Few are answered at once, as most of them would be refused then.
                TimeUnit.MILLISECONDS.sleep(5);
            }
            for (int i = 0; i < SLOW_BODIES; i++) {
                hold("127.0.0.2", body);
                if (i % (SLOW_BODIES / IDLE) == 0) {
                    hold("127.0.0.2", "");
                }
                // As long as its bodies are waited for.
                TimeUnit.MICROSECONDS.sleep(2_500);
            }
            for (int i = readersFirst; i < SLOW_READERS; i++) {
                hold("127.0.0.2", readers);
            }
            await().atMost(CUT_OFF_MAX).until(() -> {
                Seen now = seen().since(before);
                return now.limited("slow_reader") >= readersFirst / 2
                        && now.limited("slow_body") >= REQUESTS_AT_ONCE_PER_ADDRESS * 3 / 4;
            });
        });
        assertThat(seen.limited("connections_per_address")).isGreaterThan((SLOW_BODIES + IDLE) / 2);
        assertThat(seen.limited("requests_at_once")).isPositive();
        assertThat(seen.connections())
                .isBetween(CONNECTIONS_PER_ADDRESS * 3 / 4.0, (double) CONNECTIONS_PER_ADDRESS + OTHERS);
    }

    @Test
    void thousandsOfAddressesHoldTogetherWhatTheyCan() throws Exception {
        UUID user = userWithOrders();
        String readers = answersToLeave(user);
        String body = bodyBegun(user);
        Seen seen = assertOrdersGoOn(user, before -> {
            int addresses = 0;
            for (int i = 0; i < SLOW_READERS; i++) {
                hold(address(addresses++), readers);
            }
            for (int i = 0; i < IDLE; i++) {
                hold(address(addresses++), "");
            }
            for (int i = 0; i < SLOW_BODIES; i++) {
                hold(address(addresses++), body);
                // Only what has not been used for a second gives way.
                TimeUnit.MICROSECONDS.sleep(1_000);
            }
            await().atMost(CUT_OFF_MAX)
                    .until(() -> seen().since(before).limited("slow_reader") >= SLOW_READERS * 3 / 4);
        });
        assertThat(seen.limited("connections")).isPositive();
        assertThat(seen.limited("body_bytes")).isPositive();
        assertThat(seen.connections()).isBetween(CONNECTIONS * 3 / 4.0, (double) CONNECTIONS);
        assertThat(seen.bodies()).isBetween(BODIES_BYTES * 3 / 4.0, (double) BODIES_BYTES);
    }

    private static String address(int number) {
        return "127.1." + number / 250 + '.' + (number % 250 + 1);
    }

    private UUID userWithOrders() {
        UUID user = shop.openAccount("10000.00");
        for (int i = 0; i < 100; i++) {
            placeOrder(user);
        }
        return user;
    }

    /** More than fits into any buffer, and behind it pages of a service. */
    private String answersToLeave(UUID user) {
        String page = "GET /orders?limit=200&user_id=" + user + " HTTP/1.1\r\n" + headers() + "\r\n";
        String largest = "GET " + LARGEST + " HTTP/1.1\r\n" + headers() + "\r\n";
        return largest.repeat(2) + page.repeat(2);
    }

    private String bodyBegun(UUID user) {
        return "POST /orders?user_id=" + user + " HTTP/1.1\r\n" + headers()
                + "Content-Type: application/json\r\nContent-Length: 8000\r\n\r\n" + "x".repeat(7_000);
    }

    /** Of those who have a token, and one for which no limit per subject holds. */
    private String headers() {
        return "Host: localhost\r\n"
                + stack.tokens()
                        .operator()
                        .map(token -> "Authorization: " + token + "\r\n")
                        .orElse("");
    }

    private interface Attack {
        void run(Seen before) throws Exception;
    }

    /**
     * From the beginning of the attack to its end, and for {@link #ORDERS} at least.
     *
     * @return how often each limit was met meanwhile, and the most that was held at once
     */
    private Seen assertOrdersGoOn(UUID user, Attack attack) throws Exception {
        long before = residentKib();
        long mostResident = before;
        Seen seenBefore = seen();
        Seen seen = seenBefore;
        List<Long> millis = new ArrayList<>();
        CompletableFuture<Void> attacking = CompletableFuture.runAsync(() -> {
            try {
                attack.run(seenBefore);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        while (millis.size() < ORDERS || !attacking.isDone()) {
            long begin = System.nanoTime();
            placeOrder(user);
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            mostResident = Math.max(mostResident, residentKib());
            if (millis.size() % 10 == 0) {
                seen = seen.and(seen());
            }
        }
        seen = seen.and(seen()).since(seenBefore);
        millis.sort(null);
        long p99 = millis.get(millis.size() * 99 / 100);
        System.out.printf(
                "%d orders beside %d connections that were opened, at most %.0f of them at once: p50 %d ms, p99 %d ms; "
                        + "the gateway's memory %d MB, at most %d MB; limits met: %s%n",
                millis.size(),
                opened.size(),
                seen.connections(),
                millis.get(millis.size() / 2),
                p99,
                before / 1024,
                mostResident / 1024,
                seen.limited);
        attacking.join();
        assertThat(Duration.ofMillis(p99)).isLessThan(P99_MAX);
        assertThat(mostResident - before).isLessThan(GROWTH_MAX_KIB);
        return seen;
    }

    /** As any client, which sends its request again where a connection that it kept was taken from it. */
    private void placeOrder(UUID user) {
        String key = UUID.randomUUID().toString();
        try {
            shop.placeOrder(user, "0.10", "Idempotency-Key", key).expect(201);
        } catch (UncheckedIOException connectionLost) {
            shop.placeOrder(user, "0.10", "Idempotency-Key", key).expect(201);
        }
    }

    /** Sends this and reads nothing. */
    private void hold(String address, String begun) throws IOException {
        SocketChannel connection = SocketChannel.open();
        opened.add(connection);
        connection.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        connection.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        connection.connect(new InetSocketAddress("127.0.0.1", stack.gateway().getPort()));
        connection.configureBlocking(false);
        try {
            connection.write(ByteBuffer.wrap(begun.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException closed) {
            // The gateway has refused it, and counts that.
        }
    }

    /**
     * What the gateway tells of its limits.
     *
     * @param limited how often each was met
     */
    private record Seen(Map<String, Double> limited, double connections, double bodies) {
        double limited(String limit) {
            return limited.getOrDefault(limit, 0.0);
        }

        Seen and(Seen later) {
            return new Seen(later.limited, Math.max(connections, later.connections), Math.max(bodies, later.bodies));
        }

        Seen since(Seen before) {
            Map<String, Double> more = new TreeMap<>();
            limited.forEach((limit, times) -> {
                if (times > before.limited(limit)) {
                    more.put(limit, times - before.limited(limit));
                }
            });
            return new Seen(more, connections - before.connections, bodies - before.bodies);
        }
    }

    private Seen seen() throws IOException, InterruptedException {
        Map<String, Double> values = ServiceMetrics.of(stack.services().getFirst())
                .filter(line -> line.startsWith("gateway_"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        Map<String, Double> limited = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith("gateway_limited_total{")) {
                limited.put(name.substring(name.indexOf('"') + 1, name.lastIndexOf('"')), value);
            }
        });
        return new Seen(limited, values.get("gateway_connections"), values.get("gateway_bodies_bytes"));
    }

    private long residentKib() throws IOException {
        Path status = Path.of("/proc", Long.toString(stack.gatewayProcess().pid()), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
