package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that take their time take it from nobody else. None of them is limited by its address here. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class SlowClientsIT {
    private static final int SLOW_READERS = 300;
    private static final int SLOW_BODIES = 300;
    private static final int PLACES = 128;
    /** Half of the window in which a reader must have taken something. */
    private static final long HALTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<Socket> slow = new ArrayList<>();
    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @AfterEach
    void disconnect() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
    }

    @Test
    void cutsSlowReadersOffAndServesOthers() throws IOException {
        double before = Client.limited("slow_reader");
        for (int i = 0; i < SLOW_READERS; i++) {
            slow.add(gateway.connect("GET /orders/big?mebibytes=16 HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
        await().until(() -> Client.metric("gateway_in_flight{upstream=\"orders\"}") >= PLACES);

        // More than there are places at the upstream, so it waits for one that a slow reader loses.
        assertThat(gateway.get("/orders/echo").statusCode()).isEqualTo(200);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> Client.metric("gateway_in_flight{upstream=\"orders\"}") == 0);
        assertThat(Client.limited("slow_reader") - before).isGreaterThanOrEqualTo(PLACES);
        assertThatThrownBy(() -> slow.getFirst().getInputStream().readAllBytes())
                .isInstanceOf(SocketException.class);
    }

    @Test
    void letsAReaderTakeItsTimeThatIsFastEnough() throws Exception {
        OptionalLong read = readEvenly();
        for (int again = 0; read.isEmpty() && again < 10; again++) {
            read = readEvenly();
        }
        assertThat(read.orElseThrow()).isGreaterThan(1 << 20);
    }

    /** @return what came; nothing where the machine halted this reader, which was cut off because it was slow indeed */
    private OptionalLong readEvenly() throws Exception {
        boolean halted = false;
        try (Socket reader =
                gateway.connect("GET /orders/big?mebibytes=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
            long read = 0;
            long start = System.nanoTime();
            byte[] tenth = new byte[26 * 1024];
            int some = reader.getInputStream().readNBytes(tenth, 0, tenth.length);
            while (some > 0) {
                read += some;
                // Four times the least rate, for several windows.
                long waitNanos = start + read * 1_000_000_000L / (256 * 1024) - System.nanoTime();
                halted |= waitNanos < -HALTED_NANOS;
                TimeUnit.NANOSECONDS.sleep(waitNanos);
                some = reader.getInputStream().readNBytes(tenth, 0, tenth.length);
            }
            return OptionalLong.of(read);
        } catch (SocketException cutOff) {
            if (halted) {
                return OptionalLong.empty();
            }
            throw cutOff;
        }
    }

    @Test
    void holdsOnlySoManyBytesOfBodiesAndTakesSmallOnesAllTheSame() throws IOException {
        double evicted = Client.limited("body_bytes");
        double late = Client.limited("slow_body");
        for (int i = 0; i < SLOW_BODIES; i++) {
            slow.add(gateway.connect(
                    "POST /orders/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n" + "x".repeat(4_000)));
            if (i % 30 == 0) {
                assertThat(Client.metric("gateway_bodies_bytes")).isLessThanOrEqualTo(256 * 1024);
                assertThat(gateway.get("/orders/echo").statusCode()).isEqualTo(200);
                assertThat(gateway.send("POST", "/orders/echo", "{\"amount\": 1.00}")
                                .statusCode())
                        .isEqualTo(200);
            }
        }

        List<String> statuses = new ArrayList<>();
        for (Socket socket : slow) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            statuses.add(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
            if (statuses.getLast().equals("503")) {
                assertThat(answer.toLowerCase(Locale.ROOT)).contains("retry-after: 1\r\n");
            }
        }
        assertThat(statuses).containsOnly("503", "408").contains("503", "408");
        assertThat(Client.limited("body_bytes") - evicted + Client.limited("slow_body") - late)
                .isEqualTo(SLOW_BODIES);
        assertThat(Client.metric("gateway_bodies_bytes")).isZero();
    }

    @Test
    void answersAHeadThatDoesNotArriveInTime() throws Exception {
        try (Socket socket = gateway.connect("GET /orders/echo HTTP/1.1\r\nHost: x\r\nX: ")) {
            for (int i = 0; i < 5; i++) {
                socket.getOutputStream().write('x');
                TimeUnit.MILLISECONDS.sleep(100);
            }
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 408 ").containsIgnoringCase("connection: close");
            assertThat(Client.problem(answer).getString("code")).isEqualTo("request_timeout");
            assertThat(Client.problem(answer).getString("trace_id")).matches("[0-9a-f]{32}");
        }
    }

    @Test
    void closesAConnectionThatIsNotUsed() throws IOException {
        double before = Client.limited("idle_connection");
        try (Socket unused = gateway.connect("");
                Socket used = gateway.connect("GET /orders/slow?ms=3500 HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(unused.getInputStream().read()).isEqualTo(-1);
            String answers = new String(used.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answers).startsWith("HTTP/1.1 200 ").endsWith("at last");
        }
        assertThat(Client.limited("idle_connection") - before).isGreaterThanOrEqualTo(2);
    }
}
