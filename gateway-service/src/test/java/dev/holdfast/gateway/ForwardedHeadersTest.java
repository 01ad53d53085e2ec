package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedHeadersTest {
    @Test
    void aRequestKeepsWhatIsMeantForTheService() {
        MultiMap sent = request(headers()
                .add("Accept", "application/json")
                .add("Idempotency-Key", "k1")
                .add("Cookie", "a=1")
                .add("Cookie", "b=2"));
        assertThat(sent.names()).containsExactlyInAnyOrder("Accept", "Idempotency-Key", "Cookie");
        assertThat(sent.getAll("Cookie")).containsExactly("a=1; b=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade"
            })
    void whatBelongsToOneConnectionCrossesNeitherWay(String name) {
        assertThat(request(headers().add(name, "x"))).isEmpty();
        assertThat(response(headers().add(name, "x"))).isEmpty();
    }

    @Test
    void aTrustedProxyAddsToWhoAsked() {
        MultiMap sent = headers().add("X-Forwarded-For", "10.1.1.1");
        ForwardedHeaders.keepForwardedFor(
                headers().add("X-Forwarded-For", "6.6.6.6").add("x-forwarded-for", "203.0.113.9, 10.2.2.2"), sent);
        assertThat(sent.getAll("X-Forwarded-For")).containsExactly("6.6.6.6, 203.0.113.9, 10.2.2.2, 10.1.1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "Content-Length",
                "Expect",
                "traceparent",
                "tracestate",
                "baggage",
                "Forwarded",
                "X-Real-IP",
                "HTTP2-Settings",
                "X-Forwarded-For",
                "x-forwarded-prefix"
            })
    void whatTheGatewaySaysItselfIsNotTakenFromTheClient(String name) {
        assertThat(request(headers().add(name, "x"))).isEmpty();
    }

    @Test
    void whatConnectionNamesIsMeantForThatConnection() {
        MultiMap headers = headers()
                .add("Connection", "close, X-Secret")
                .add("Connection", "X-Other")
                .add("X-Secret", "1")
                .add("x-other", "2")
                .add("X-Mine", "3");
        assertThat(request(headers).names()).containsExactly("X-Mine");
        assertThat(response(headers).names()).containsExactly("X-Mine");
    }

    @Test
    void anAnswerKeepsWhatIsMeantForTheClient() {
        MultiMap passed = response(headers()
                .add("Content-Length", "2")
                .add("Location", "/orders/1")
                .add("Set-Cookie", "a=1")
                .add("Set-Cookie", "b=2"));
        assertThat(passed.get("Content-Length")).isEqualTo("2");
        assertThat(passed.get("Location")).isEqualTo("/orders/1");
        assertThat(passed.getAll("Set-Cookie")).containsExactly("a=1", "b=2");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "10.0.0.1, shop.example, for=10.0.0.1;host=\"shop.example\";proto=http",
                "2001:db8::1, shop.example:80, for=\"[2001:db8::1]\";host=\"shop.example:80\";proto=http",
                "10.0.0.1, -, for=10.0.0.1;proto=http",
                "-, shop.example, for=unknown;host=\"shop.example\";proto=http",
                "10.0.0.1, a\"\\b, for=10.0.0.1;host=\"ab\";proto=http"
            })
    void theServiceIsToldWhoAskedAsRfc7239Says(String address, String host, String forwarded) {
        MultiMap sent = headers();
        ForwardedHeaders.addOrigin(address, host, "http", sent);
        assertThat(sent.get("Forwarded")).isEqualTo(forwarded);
        assertThat(sent.get("X-Forwarded-For")).isEqualTo(address);
        assertThat(sent.get("X-Forwarded-Host")).isEqualTo(host);
        assertThat(sent.get("X-Forwarded-Proto")).isEqualTo("http");
    }

    @Test
    void theGatewayIsAddedToThoseThatTheRequestCameBy() {
        MultiMap sent = headers().add("Via", "1.0 cache");
        ForwardedHeaders.addVia(HttpVersion.HTTP_1_1, sent);
        ForwardedHeaders.addVia(HttpVersion.HTTP_2, sent);
        assertThat(sent.getAll("Via")).containsExactly("1.0 cache", "1.1 holdfast", "2.0 holdfast");
    }

    private static MultiMap headers() {
        return MultiMap.caseInsensitiveMultiMap();
    }

    private static MultiMap request(MultiMap from) {
        MultiMap to = headers();
        ForwardedHeaders.copyRequest(from, to);
        return to;
    }

    private static MultiMap response(MultiMap from) {
        MultiMap to = headers();
        ForwardedHeaders.copyResponse(from, to);
        return to;
    }
}
