package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.access.ClientTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against answers as order-service gives them. */
class AuditTest {
    private record Expected(String request, int status, String body) {}

    private final Deque<Expected> expected = new ArrayDeque<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void isCleanWhereEverythingAgrees() {
        expected.add(new Expected("POST /admin/reconciliation/runs?limit=200", 200, report(7, 0, "")));
        assertThat(audit()).isEqualTo(Audit.CLEAN);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("120 orders and 14 accounts compared in 1.5 s, 2 in flight: no discrepancies\n");
    }

    @Test
    void listsEachDiscrepancyWithBothSides() {
        expected.add(new Expected("POST /admin/reconciliation/runs?limit=200", 200, report(7, 3, """
                {"kind":"amount_differs","order_id":"o-1","user_id":"u-1","orders_say":"FINISHED, 10.00 of user u-1",
                 "payments_say":"hold CAPTURED, 9.99","first_seen_at":"2026-01-31T12:00:00Z",
                 "last_seen_at":"2026-01-31T12:00:00Z"},
                {"kind":"account_held_differs","order_id":null,"user_id":"u-2","orders_say":null,
                 "payments_say":"held 3.00, by its open holds 4.00","first_seen_at":"2026-01-31T12:00:01Z",
                 "last_seen_at":"2026-01-31T12:00:01Z"}""")));
        assertThat(audit()).isEqualTo(Audit.DISCREPANCIES);
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(1))
                .startsWith("amount_differs ")
                .contains("o-1", "u-1")
                .endsWith("2026-01-31T12:00:00Z");
        assertThat(lines.get(2)).isEqualTo("    orders: FINISHED, 10.00 of user u-1");
        assertThat(lines.get(3)).isEqualTo("    payments: hold CAPTURED, 9.99");
        assertThat(lines.get(4)).startsWith("account_held_differs ").contains("u-2");
        assertThat(lines.get(5)).isEqualTo("    payments: held 3.00, by its open holds 4.00");
        assertThat(lines.get(6)).isEqualTo("... and 1 more");
        assertThat(lines.get(7)).endsWith(": 3 discrepancies");
    }

    @Test
    void waitsForAPassThatTakesLonger() {
        expected.add(new Expected("POST /admin/reconciliation/runs?limit=200", 202, "{\"pass\":8}"));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, report(7, 1, "")));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, report(7, 1, "")));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, report(8, 0, "")));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, report(8, 0, "")));
        assertThat(audit()).isEqualTo(Audit.CLEAN);
        assertThat(expected).isEmpty();
    }

    @Test
    void saysWhyItCouldNotBeRun() {
        expected.add(
                new Expected("POST /admin/reconciliation/runs?limit=200", 503, "{\"code\":\"reconciliation_failed\"}"));
        assertThatThrownBy(this::audit)
                .isInstanceOf(StackException.class)
                .hasMessageContaining("503")
                .hasMessageContaining("reconciliation_failed");
    }

    @Test
    void doesNotWaitForAPassThatFails() {
        String failed = report(7, 0, "")
                .replace("\"failures\":0", "\"failures\":1")
                .replace("\"last_error\":null", "\"last_error\":\"payments is away\"");
        expected.add(new Expected("POST /admin/reconciliation/runs?limit=200", 202, "{\"pass\":8}"));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, report(7, 0, "")));
        expected.add(new Expected("GET /admin/reconciliation?limit=200", 200, failed));
        assertThatThrownBy(this::audit)
                .isInstanceOf(StackException.class)
                .hasMessageContaining("not completed: payments is away");
    }

    private int audit() {
        Gateway gateway = new Gateway("http://localhost:" + server.getAddress().getPort(), ClientTokens.none());
        return new Audit(gateway, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
    }

    private static String report(long passes, long total, String discrepancies) {
        return """
                {"passes":%d,"failures":0,"running":false,"last_pass_started_at":"2026-01-31T12:00:00.250Z",
                 "last_pass_finished_at":"2026-01-31T12:00:01.750Z","last_error":null,"orders_compared":120,
                 "accounts_compared":14,"in_flight":2,"discrepancies_total":%d,"discrepancies_by_kind":{},
                 "discrepancies":[%s]}""".formatted(passes, total, discrepancies);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Expected next = expected.poll();
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        byte[] body = (next == null || !next.request.equals(request) ? "unexpected " + request : next.body)
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(next == null || !next.request.equals(request) ? 418 : next.status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
