package dev.holdfast.rest;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class UnreadBodiesIT {
    /** As application.properties says. */
    private static final int WORKERS = 4;

    private static final String PATH = "/gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    private static final String NEXT = "GET /gifts HTTP/1.1\r\nHost: x\r\n\r\n";

    @ParameterizedTest
    @CsvSource({
        "1.1, Transfer-Encoding: chunked, 411",
        "1.1, 'Transfer-Encoding: gzip, chunked', 411",
        "1.1, 'Transfer-Encoding: chunked\r\nContent-Length: 5', 400",
        "1.1, 'Content-Length: 5\r\nTransfer-Encoding: chunked', 400",
        "1.1, 'Content-Length: 5\r\nContent-Length: 6', 400",
        "1.0, 'Connection: keep-alive\r\nTransfer-Encoding: chunked', 400"
    })
    void readsNothingMoreWhereABodyIsNotPlainlyAnnounced(String version, String headers, int status)
            throws IOException {
        String answers = raw("POST " + PATH + " HTTP/" + version + "\r\nHost: x\r\nContent-Type: application/json\r\n"
                + headers + "\r\n\r\n0\r\n\r\n" + NEXT);

        assertThat(answers).matches("(?s)HTTP/1\\.[01] " + status + " .*");
        assertThat(answers.split("HTTP/1\\.[01] \\d{3} ", -1)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"'Content-Encoding: gzip', 415", "'Idempotency-Key: a\r\nIdempotency-Key: b', 400"})
    void readsNothingMoreAfterARefusalThatSaysClose(String header, int status) throws IOException {
        String answers = raw("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + header
                + "\r\nContent-Length: 2\r\n\r\n{}" + NEXT);

        assertThat(answers).matches("(?s)HTTP/1\\.1 " + status + " .*").containsIgnoringCase("connection: close");
        assertThat(answers.split("HTTP/1\\.[01] \\d{3} ", -1)).hasSize(2);
    }

    @Test
    void readsNothingBehindARefusedBodyThatWasReadTogetherWithTheRequestInFrontOfIt() throws IOException {
        String answers = raw("GET /gifts HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /gifts/3f2504e0-4f89-41d3-9a0c-0305e82c3301 HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT);

        assertThat(answers).matches("(?s)HTTP/1\\.1 200 .*HTTP/1\\.1 411 .*");
        assertThat(answers.split("HTTP/1\\.[01] \\d{3} ", -1)).hasSize(3);
    }

    /** As where a service stood still for longer than its caller waits. */
    @Test
    void aClientThatIsGoneBeforeItsBodyIsReadIsNoFaultOfTheService() throws Exception {
        List<LogRecord> faults = new CopyOnWriteArrayList<>();
        Handler handler = new ConsoleHandler() {
            @Override
            public void publish(LogRecord fault) {
                faults.add(fault);
            }
        };
        Logger logger = Logger.getLogger(ProblemMapper.class.getName());
        logger.addHandler(handler);
        CountDownLatch standsStill = new CountDownLatch(1);
        try {
            for (int i = 0; i < WORKERS; i++) {
                Infrastructure.getDefaultExecutor().execute(() -> await(standsStill));
            }
            try (Socket socket = new Socket("localhost", RestAssured.port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write(("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 14\r\n\r\n{\"amount\": 10}")
                                .getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read())
                        .as("the server closes, too")
                        .isEqualTo(-1);
            }
            standsStill.countDown();
            for (int i = 0; i < 4 * WORKERS; i++) {
                given().get("/gifts").then().statusCode(200);
            }
        } finally {
            standsStill.countDown();
            logger.removeHandler(handler);
        }
        assertThat(faults).extracting(LogRecord::getMessage).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All that comes until the server closes the connection. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
