package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.UUID;

/**
 * Withdrawals while replicas of a version serve that knows none: that version counts with the money that is left, and takes
 * no key of a withdrawal for one of its deposits. Where the last version knows them there is nothing to look at.
 */
record EarlyWithdrawals(StackUnderTest stack) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Withdraws at the new replica of payment-service, and looks at the old one. */
    void check(String oldReplica, String newReplica) throws IOException, InterruptedException {
        UUID user = UUID.randomUUID();
        String old = oldReplica + "/accounts/" + user;
        String young = newReplica + "/accounts/" + user;
        expect(201, post(old, "", ""));
        String deposited = expect(200, post(old + "/deposit", "in", amount("10.00")));
        assertThat(expect(200, post(young + "/deposit", "in", amount("10.00")))).isEqualTo(deposited);
        if (post(old + "/withdraw", "", amount("1.00")).statusCode() != 404) {
            return;
        }
        String withdrawn = expect(200, post(young + "/withdraw", "out", amount("3.00")));
        assertThat(expect(200, post(young + "/withdraw", "out", amount("3.00"))))
                .isEqualTo(withdrawn);
        expect(422, post(young + "/withdraw", "in", amount("10.00")));

        expect(422, post(old + "/deposit", "out", amount("3.00")));
        assertThat(expect(200, get(old))).contains("\"balance\":7.00");
        expect(402, post(old + "/hold", "", "{\"order_id\":\"%s\",\"amount\":7.01}".formatted(UUID.randomUUID())));
        expect(200, post(old + "/hold", "", "{\"order_id\":\"%s\",\"amount\":7.00}".formatted(UUID.randomUUID())));
        expect(402, post(young + "/withdraw", "", amount("0.01")));
        // What it does not know it leaves out.
        assertThat(expect(200, get(old + "/transfers"))).contains("DEPOSIT").doesNotContain("3.00");
        assertThat(expect(200, get(young + "/transfers"))).contains("DEPOSIT", "WITHDRAWAL", "3.00");
        assertThat(differing(oldReplica, user)).hasSize(1);
        assertThat(differing(newReplica, user)).isEmpty();
    }

    private JsonNode differing(String replica, UUID user) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(replica + "/internal/reconciliation/accounts/by-id"))
                .header("Content-Type", "application/json")
                .header("Authorization", stack.serviceAuthorization())
                .POST(HttpRequest.BodyPublishers.ofString("{\"ids\":[\"" + user + "\"]}"))
                .build();
        return MAPPER.readTree(expect(200, send(request))).path("differing");
    }

    private static String amount(String amount) {
        return "{\"amount\":" + amount + "}";
    }

    private static String expect(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode())
                .as("%s: %s", answer.uri(), answer.body())
                .isEqualTo(status);
        return answer.body();
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return send(authorized(url).build());
    }

    /** @param key empty for a request without one */
    private HttpResponse<String> post(String url, String key, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = authorized(url).POST(HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!key.isEmpty()) {
            request.header("Idempotency-Key", key);
        }
        return send(request.build());
    }

    private HttpRequest.Builder authorized(String url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        Optional<String> token = stack.tokens().operator();
        token.ifPresent(bearer -> request.header("Authorization", bearer));
        return request;
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
