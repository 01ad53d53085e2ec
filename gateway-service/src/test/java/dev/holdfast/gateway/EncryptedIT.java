package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.localstack.CertificateAuthority;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.cert.CertPathBuilderException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients may do with TLS, and with the many requests of one connection that HTTP/2 has. */
@QuarkusTest
@QuarkusTestResource(value = EncryptedServices.class, restrictToAnnotatedClass = true)
class EncryptedIT {
    private static final long ENHANCE_YOUR_CALM = 11;
    /** Frames that say what has become of a request: HEADERS, RST_STREAM, GOAWAY. */
    private static final Set<Integer> ENDS = Set.of(1, 3, 7);

    private static final int REQUEST_TARGET_BYTES = 8 * 1024;

    @ConfigProperty(name = "holdfast.gateway.port")
    int port;

    private final Vertx vertx = Vertx.vertx();
    private HttpClient http2;

    @BeforeEach
    void connect() {
        http2 = client(EncryptedServices.authority(), HttpVersion.HTTP_2);
    }

    @AfterEach
    void disconnect() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void speaksHttp2AndTellsTheServicesWhatWasAsked() {
        Answer answer = send(HttpMethod.POST, "/orders/echo?a=1", Buffer.buffer("{\"amount\": 1.00}"));

        assertThat(answer.version).isEqualTo(HttpVersion.HTTP_2);
        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.headers.get("Strict-Transport-Security")).isEqualTo("max-age=31536000");
        JsonObject echo = new JsonObject(answer.body);
        assertThat(echo.getString("method")).isEqualTo("POST");
        assertThat(echo.getString("uri")).isEqualTo("/orders/echo?a=1");
        assertThat(echo.getString("body")).isEqualTo("{\"amount\": 1.00}");
        JsonObject headers = echo.getJsonObject("headers");
        assertThat(headers.getJsonArray("via")).containsExactly("2.0 holdfast");
        assertThat(headers.getJsonArray("x-forwarded-proto")).containsExactly("https");
        assertThat(headers.getJsonArray("x-forwarded-host")).containsExactly("localhost:" + port);
        assertThat(headers.getJsonArray("traceparent").getString(0)).endsWith("-00");
    }

    @Test
    void takesABodyWhoseLengthNobodyHasSaid() {
        HttpClientRequest request = open(HttpMethod.POST, "/orders/echo").setChunked(true);
        request.write("{\"amount\": ");
        Answer answer = answer(request, Buffer.buffer("1.00}"));

        assertThat(new JsonObject(answer.body).getString("body")).isEqualTo("{\"amount\": 1.00}");
    }

    @Test
    void joinsTheCookiesThatHttp2SendsOneByOne() {
        HttpClientRequest request = open(HttpMethod.GET, "/orders/echo");
        request.headers().add("cookie", "a=1").add("cookie", "b=2");

        JsonObject headers = new JsonObject(answer(request, Buffer.buffer()).body).getJsonObject("headers");
        assertThat(headers.getJsonArray("cookie")).containsExactly("a=1; b=2");
    }

    @Test
    void speaksHttp1ToThoseWhoKnowNoOther() {
        http2 = client(EncryptedServices.authority(), HttpVersion.HTTP_1_1);

        Answer answer = send(HttpMethod.GET, "/orders/echo", Buffer.buffer());
        assertThat(answer.version).isEqualTo(HttpVersion.HTTP_1_1);
        assertThat(answer.status).isEqualTo(200);
    }

    @Test
    void endsAConnectionInTheWordsOfTls() throws Exception {
        try (SSLSocket socket = handshake()) {
            socket.getOutputStream().write("NONSENSE\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            // Would fail where the end came without a word.
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).matches("(?s)HTTP/1.. 400 .*").containsIgnoringCase("connection: close");
        }
    }

    @Test
    void doesNotAnswerPlainText() throws IOException {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
            plain.getOutputStream()
                    .write("GET /orders/echo HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).doesNotContain("HTTP");
        }
    }

    @Test
    void isNotTakenForItselfByThoseWhoTrustAnotherAuthority() throws IOException {
        http2 = client(new CertificateAuthority(Files.createTempDirectory("other")), HttpVersion.HTTP_2);

        assertThatThrownBy(() -> send(HttpMethod.GET, "/orders/echo", Buffer.buffer()))
                .hasRootCauseInstanceOf(CertPathBuilderException.class);
    }

    @Test
    void asksOnlyServicesWhoseCertificateItTrusts() {
        assertThat(send(HttpMethod.GET, "/trusted/echo", Buffer.buffer()).status)
                .isEqualTo(200);

        assertUnavailable("/stranger/echo");
    }

    @Test
    void asksNoServiceThatShowsTheCertificateOfAnotherHost() {
        assertUnavailable("/elsewhere/echo");
    }

    private void assertUnavailable(String target) {
        Answer refused = send(HttpMethod.GET, target, Buffer.buffer());
        assertThat(refused.status).isEqualTo(503);
        assertThat(new JsonObject(refused.body).getString("code")).isEqualTo("upstream_unavailable");
    }

    @Test
    void saysThatTlsIsToBeUsedAlsoWhereAnAnswerBrokeOff() {
        Answer lost = send(HttpMethod.GET, "/orders/cut-before-the-body", Buffer.buffer());

        assertThat(lost.status).isEqualTo(502);
        assertThat(lost.headers.getAll("Strict-Transport-Security")).containsExactly("max-age=31536000");
    }

    @Test
    void refusesWhatIsTooLong() {
        Answer target = send(HttpMethod.GET, "/orders/" + "x".repeat(REQUEST_TARGET_BYTES), Buffer.buffer());
        assertThat(target.status).isEqualTo(414);

        assertThat(send(HttpMethod.POST, "/accounts/echo", Buffer.buffer("x".repeat(9_000))).status)
                .isEqualTo(413);
    }

    @Test
    void givesUpAnAnswerThatIsNotTakenWhileOthersOfItsConnectionGoOn() {
        HttpClientRequest request = open(HttpMethod.GET, "/orders/big?mebibytes=16");
        Future<HttpClientResponse> paused = request.response().map(HttpClientResponse::pause);
        request.end();
        HttpClientResponse slow = result(paused);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        slow.exceptionHandler(end::complete);

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            // As busy as the connection is, and counted for it alone.
            assertThat(send(HttpMethod.GET, "/orders/big?mebibytes=1", Buffer.buffer()).body)
                    .hasSize(1 << 20);
            return end.isDone();
        });
        assertThat(end.join())
                .isInstanceOfSatisfying(
                        StreamResetException.class,
                        reset -> assertThat(reset.getCode()).isEqualTo(ENHANCE_YOUR_CALM));
    }

    @Test
    void waitsForABodyOnlySoLongAndGoesOnWithItsConnection() {
        HttpClientRequest stalled = open(HttpMethod.POST, "/orders/echo").setChunked(true);
        stalled.write("{");
        HttpClientResponse late = result(stalled.response());
        assertThat(late.statusCode()).isEqualTo(408);

        Answer next = send(HttpMethod.GET, "/orders/echo", Buffer.buffer());
        assertThat(next.status).isEqualTo(200);
        assertThat(next.connection).isSameAs(late.request().connection());
    }

    @Test
    void tellsTheServiceThatNobodyWaitsForItsAnswer() {
        String target = "/orders/never?http2";
        HttpClientRequest request = open(HttpMethod.GET, target);
        request.end();
        await().until(() -> ask("calls", target) == 1);
        request.reset();

        await().until(() -> ask("cancelled", target) == 1);
    }

    @Test
    void closesAConnectionThatIsNotUsed() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        HttpClientRequest request = open(HttpMethod.GET, "/orders/echo");
        request.connection().closeHandler(closed::complete);
        assertThat(answer(request, Buffer.buffer()).status).isEqualTo(200);

        await().atMost(Duration.ofSeconds(10)).until(closed::isDone);
    }

    @Test
    void countsThoseWhoDoNotFinishTheirHandshake() throws Exception {
        double refused = Client.limited("connections_per_address");
        InetAddress limited = InetAddress.getByName("127.0.15.1");
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                open.add(new Socket(InetAddress.getLoopbackAddress(), port, limited, 0));
            }
            await().until(() -> Client.limited("connections_per_address") == refused + 10);
            await().until(() -> closed(open) >= 10);
            assertThat(Client.limited("connections_per_address")).isEqualTo(refused + 10);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    /** What HTTP/1.1 would read as something else must not reach a service (RFC 9113, sections 8.2 and 8.3). */
    @ParameterizedTest
    @CsvSource({
        "x-a, 1, 1",
        "x-a, '1\r\nx-b: 2', 0",
        "x-a, '1\u00002', 0",
        "'x-a: 1\r\nx-b', 2, 0",
        "x a, 1, 0",
        "X-Upper, 1, 0",
        "connection, close, 0",
        "transfer-encoding, chunked, 0",
        "te, gzip, 0",
        "content-length, 5, 0",
        "host, other.example, 0",
        ":path, /orders/echo, 0",
        ":other, 1, 0"
    })
    void passesNoHeaderOnThatHttp2ForbidsEither(String name, String value, int passedOn) throws Exception {
        String target = "/orders/echo?of=" + UUID.randomUUID();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", "GET");
        literal(block, ":scheme", "https");
        literal(block, ":authority", "localhost");
        literal(block, ":path", target);
        literal(block, name, value);
        try (SSLSocket socket = handshake("h2")) {
            ByteBuffer frames = ByteBuffer.allocate(1_024);
            frames.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frames.put(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            frames.put(new byte[] {0, 0, (byte) block.size(), 1, 5, 0, 0, 0, 1}).put(block.toByteArray());
            socket.getOutputStream().write(frames.array(), 0, frames.position());
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            byte[] head = new byte[9];
            // Its settings come first, and say nothing of the request.
            do {
                answer.readFully(head);
                answer.skipNBytes(((head[0] & 0xff) << 16) + ((head[1] & 0xff) << 8) + (head[2] & 0xff));
            } while (!ENDS.contains((int) head[3]));
        }
        assertThat(ask("calls", target)).isEqualTo(passedOn);
    }

    @Test
    void showsANewCertificateWithoutARestart() throws Exception {
        BigInteger before = serial();
        EncryptedServices.authority().issue("gateway");

        await().atMost(Duration.ofSeconds(10)).until(() -> !serial().equals(before));
    }

    private static int closed(List<Socket> sockets) throws IOException {
        int closed = 0;
        for (Socket socket : sockets) {
            closed += isClosed(socket) ? 1 : 0;
        }
        return closed;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private BigInteger serial() throws Exception {
        try (SSLSocket socket = handshake()) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    /** Without an index and without compression (RFC 7541, section 6.2.2). */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : List.of(name, value)) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private SSLSocket handshake(String... protocols) throws Exception {
        PemTrustOptions trust = trust(EncryptedServices.authority());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagerFactory(vertx).getTrustManagers(), null);
        SSLSocketFactory sockets = context.getSocketFactory();
        SSLSocket socket = (SSLSocket) sockets.createSocket("localhost", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static int ask(String what, String target) {
        URI service = ConfigProvider.getConfig().getValue("holdfast.gateway.upstreams.orders.addresses", URI.class);
        return Integer.parseInt(new Client(service.getPort())
                .get("/" + what + "?of=" + URLEncoder.encode(target, StandardCharsets.UTF_8))
                .body());
    }

    private HttpClient client(CertificateAuthority trusted, HttpVersion version) {
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setProtocolVersion(version)
                        // One answer that is not read leaves room for the others.
                        .setHttp2ConnectionWindowSize(1 << 24)
                        .setTrustOptions(trust(trusted)),
                new PoolOptions().setHttp2MaxSize(1));
    }

    private static PemTrustOptions trust(CertificateAuthority authority) {
        return new PemTrustOptions().addCertPath(authority.certificate().toString());
    }

    private Answer send(HttpMethod method, String target, Buffer body) {
        return answer(open(method, target), body);
    }

    private HttpClientRequest open(HttpMethod method, String target) {
        return result(http2.request(new RequestOptions()
                .setMethod(method)
                .setHost("localhost")
                .setPort(port)
                .setURI(target)));
    }

    private static Answer answer(HttpClientRequest request, Buffer body) {
        // Before it is sent, as what arrives before somebody waits for it is lost.
        Future<Answer> answer = request.response()
                .compose(response -> response.body()
                        .map(content -> new Answer(
                                response.version(),
                                response.statusCode(),
                                response.headers(),
                                content.toString(),
                                request.connection())));
        request.end(body);
        return result(answer);
    }

    private static <T> T result(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private record Answer(HttpVersion version, int status, MultiMap headers, String body, HttpConnection connection) {}
}
