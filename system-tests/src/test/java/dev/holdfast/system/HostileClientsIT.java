package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever holds connections, answers and bodies of the gateway delays and fails nobody else's orders, and does not fill its
 * memory. The clients are this machine's addresses: 127.0.0.1 has no limits of its own here, all others have.
 */
@SystemTest
class HostileClientsIT {
    private static final int ORDERS = 200;
    private static final int SLOW_READERS = 300;
    private static final int SLOW_BODIES = 4_000;
    private static final int IDLE = 2_000;
    /** The attackers, five services and these orders share the machine's cores. */
    private static final Duration P99_MAX = Duration.ofSeconds(3);

    private static final long GROWTH_MAX_KIB = 150 * 1024;

    private final StackUnderTest stack;
    private final Shop shop;
    private final List<SocketChannel> held = new ArrayList<>();

    HostileClientsIT(StackUnderTest stack) {
        this.stack = stack;
        shop = Door.GATEWAY.open(stack);
    }

    @AfterEach
    void letGo() throws IOException {
        for (SocketChannel connection : held) {
            connection.close();
        }
    }

    @Test
    void oneAddressHoldsWhatItCan() throws Exception {
        UUID user = shop.openAccount("10000.00");
        for (int i = 0; i < 100; i++) {
            placeOrder(user);
        }
        String page = "GET /orders?limit=200&user_id=" + user + " HTTP/1.1\r\n" + headers() + "\r\n";
        String body = bodyBegun(user);
        assertOrdersGoOn(user, () -> {
            holdMany(SLOW_READERS, page.repeat(20));
            holdMany(SLOW_BODIES, body);
            holdMany(IDLE, "");
        });
    }

    private void holdMany(int times, String begun) throws IOException {
        for (int i = 0; i < times; i++) {
            hold("127.0.0.2", begun);
        }
    }

    @Test
    void thousandsOfAddressesHoldABodyEach() throws Exception {
        UUID user = shop.openAccount("10000.00");
        String body = bodyBegun(user);
        assertOrdersGoOn(user, () -> {
            for (int i = 0; i < SLOW_BODIES + IDLE; i++) {
                hold("127.1." + i / 250 + '.' + (i % 250 + 1), body);
            }
        });
    }

    private String bodyBegun(UUID user) {
        return "POST /orders?user_id=" + user + " HTTP/1.1\r\n" + headers()
                + "Content-Type: application/json\r\nContent-Length: 8000\r\n\r\n" + "x".repeat(4_000);
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
        void run() throws IOException;
    }

    /** From the beginning of the attack to its end, and for {@link #ORDERS} at least. */
    private void assertOrdersGoOn(UUID user, Attack attack) throws Exception {
        long before = residentKib();
        long mostResident = before;
        List<Long> millis = new ArrayList<>();
        CompletableFuture<Void> attacking = CompletableFuture.runAsync(() -> {
            try {
                attack.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        while (millis.size() < ORDERS || !attacking.isDone()) {
            long begin = System.nanoTime();
            shop.placeOrder(user, "0.10").expect(201);
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            mostResident = Math.max(mostResident, residentKib());
        }
        attacking.join();
        millis.sort(null);
        long p99 = millis.get(millis.size() * 99 / 100);
        System.out.printf(
                "%d orders beside %d held connections: p50 %d ms, p99 %d ms; the gateway's memory %d MB, at most %d MB%n",
                millis.size(), held.size(), millis.get(millis.size() / 2), p99, before / 1024, mostResident / 1024);
        assertThat(Duration.ofMillis(p99)).isLessThan(P99_MAX);
        assertThat(mostResident - before).isLessThan(GROWTH_MAX_KIB);
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

    /** Sends this and reads nothing; a gateway that closes the connection meanwhile is what is expected. */
    private void hold(String address, String begun) throws IOException {
        SocketChannel connection = SocketChannel.open();
        held.add(connection);
        connection.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        try {
            connection.connect(
                    new InetSocketAddress("127.0.0.1", stack.gateway().getPort()));
            connection.configureBlocking(false);
            connection.write(ByteBuffer.wrap(begun.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException refused) {
            connection.close();
        }
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
