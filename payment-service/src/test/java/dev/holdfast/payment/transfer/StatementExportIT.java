package dev.holdfast.payment.transfer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class StatementExportIT {
    /** A million in a run of its own. */
    private static final int MANY = Integer.getInteger("holdfast.export.transfers", 100_000);

    private static final long MEBIBYTE = 1024 * 1024;
    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";

    private static @Nullable UUID longAccount;

    @Inject
    Bank bank;

    @TestHTTPResource
    URI service;

    @Test
    void writesEachTransferOnceTheOldestFirstAndSaysHowToGoOn() {
        UUID user = bank.account("100");
        bank.deposit(user, "5").then().statusCode(200);
        bank.withdraw(user, "2.5").then().statusCode(200);
        List<String> lines = export(user, CSV, "").lines().toList();
        assertThat(lines.getFirst()).isEqualTo("version,id,kind,amount,change,balance_after,order_id,created_at");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).matches("1,[0-9a-f-]{36},DEPOSIT,100\\.00,100\\.00,100\\.00,,.*Z");
        assertThat(lines.get(3)).matches("3,[0-9a-f-]{36},WITHDRAWAL,2\\.50,-2\\.50,102\\.50,,.*Z");
        assertThat(lines.getLast()).matches("end,A[A-Za-z0-9_-]{31},3,,,,,");

        String cursor = lines.getLast().split(",")[1];
        bank.deposit(user, "1").then().statusCode(200);
        List<String> more = export(user, NDJSON, "?cursor=" + cursor).lines().toList();
        assertThat(more).hasSize(2);
        assertThat(JsonPath.from(more.getFirst()).getInt("version")).isEqualTo(4);
        assertThat(JsonPath.from(more.getFirst()).getFloat("balance_after")).isEqualTo(103.5f);
        JsonPath end = JsonPath.from(more.getLast());
        assertThat(end.getBoolean("end")).isTrue();
        assertThat(end.getInt("transfers")).isEqualTo(1);
        assertThat(export(user, CSV, "?cursor=" + end.getString("cursor")).lines())
                .hasSize(2)
                .last()
                .isEqualTo("end," + end.getString("cursor") + ",0,,,,,");
    }

    @Test
    void writesTheTransfersOfATime() {
        UUID user = bank.account("1");
        IntStream.range(0, 4).forEach(i -> bank.deposit(user, "1").then().statusCode(200));
        List<String> times =
                given().get("/accounts/" + user + "/transfers").jsonPath().getList("created_at");
        List<String> lines = export(user, CSV, "?from=" + times.get(3) + "&to=" + times.get(1))
                .lines()
                .toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).startsWith("2,");
        assertThat(lines.get(2)).startsWith("3,");
    }

    @Test
    void isEmptyForANewAccountAndMissingWithoutOne() {
        assertThat(export(bank.account("0"), CSV, "").lines()).hasSize(2).last().isEqualTo("end,,0,,,,,");
        assertThat(export(bank.account("0"), NDJSON, "").strip())
                .isEqualTo("{\"end\":true,\"transfers\":0,\"cursor\":null}");
        var missing = given().accept(CSV).get("/accounts/" + UUID.randomUUID() + "/transfers");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.jsonPath().getString("code")).isEqualTo("account_not_found");
    }

    @Test
    void needsNoMoreMemoryForALongStatementAndReadsItNoFasterThanTheClient() throws Exception {
        UUID user = longAccount();
        HttpRequest request = HttpRequest.newBuilder(service.resolve("/accounts/" + user + "/transfers"))
                .header("Accept", NDJSON)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            long before = used();
            HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            long characters = 0;
            long peak = 0;
            int lines = 0;
            String last = "";
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    characters += line.length();
                    last = line;
                    if (++lines % (MANY / 10) == 0) {
                        peak = Math.max(peak, used() - before);
                    }
                    if (lines < MANY) {
                        assertThat(line).contains("\"version\":" + lines + ",");
                    }
                }
            }
            assertThat(lines).isEqualTo(MANY + 1);
            assertThat(JsonPath.from(last).getInt("transfers")).isEqualTo(MANY);
            assertThat(characters).isGreaterThan(150L * MANY);
            assertThat(peak).as("bytes in use more, of " + characters).isLessThan(12 * MEBIBYTE);
            System.out.printf(
                    "Exported %d transfers, %d MiB, with %d KiB at most%n", MANY, characters / MEBIBYTE, peak / 1024);
        }
    }

    @Test
    void cutsOffAClientThatStandsStillAndServesOthersMeanwhile() throws Exception {
        // More than the buffers of a connection take.
        UUID user = longAccount();
        List<Socket> standing = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4_096);
                socket.connect(new java.net.InetSocketAddress(service.getHost(), service.getPort()));
                socket.getOutputStream()
                        .write(("GET /accounts/" + user
                                        + "/transfers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: "
                                        + CSV + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                standing.add(socket);
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> given().accept(CSV)
                                    .get("/accounts/" + user + "/transfers")
                                    .statusCode()
                            == 503);
            given().get("/accounts/" + user).then().statusCode(200);
            // holdfast.payments.export.stall-timeout of the tests.
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> given().accept(CSV)
                                    .get("/accounts/" + user + "/transfers")
                                    .statusCode()
                            == 200);
            for (Socket socket : standing) {
                assertThat(whatIsThere(socket)).doesNotContain("\nend,");
            }
        } finally {
            for (Socket socket : standing) {
                socket.close();
            }
        }
    }

    private static String whatIsThere(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[65_536];
        try {
            for (int read = socket.getInputStream().read(bytes);
                    read >= 0;
                    read = socket.getInputStream().read(bytes)) {
                text.append(new String(bytes, 0, read, StandardCharsets.UTF_8));
            }
        } catch (java.net.SocketException reset) {
            // Cut off.
        }
        return text.toString();
    }

    private static String export(UUID user, String type, String query) {
        var answer = given().accept(type).get("/accounts/" + user + "/transfers" + query);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith(type);
        assertThat(answer.header("Content-Disposition")).contains("transfers-" + user);
        return answer.asString();
    }

    private UUID longAccount() throws SQLException {
        if (longAccount == null) {
            longAccount = accountOf(MANY);
        }
        return longAccount;
    }

    /** Numbered as they are when a shop of before is updated: by the batch. */
    private UUID accountOf(int transfers) throws SQLException {
        UUID user = bank.account("0");
        try (Connection connection = Administrator.open()) {
            Administrator.first(connection, "set session_replication_role = replica");
            Administrator.first(
                    connection,
                    "insert into transfer (debit_account, credit_account, amount, kind, created_at)"
                            + " select '00000000-0000-0000-0000-000000000001', ?, 1, 'DEPOSIT',"
                            + " now() + number * interval '1 microsecond' from generate_series(1, ?) as number",
                    user,
                    transfers);
            Administrator.first(connection, "update account set balance = ? where user_id = ?", transfers, user);
            String numbered;
            do {
                numbered = Administrator.first(connection, "select number_old_transfers(?, 1000)", user);
            } while ("1000".equals(numbered));
        }
        return user;
    }

    /** What is in use after a collection of what is not. */
    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
