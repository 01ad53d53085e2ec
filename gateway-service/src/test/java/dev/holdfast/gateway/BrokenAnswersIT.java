package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service answers is believed only as far as it is HTTP. */
@QuarkusTest
@QuarkusTestResource(FakeServices.class)
class BrokenAnswersIT {
    @ConfigProperty(name = "holdfast.gateway.upstreams.broken.addresses")
    URI broken;

    private Client gateway;

    @BeforeEach
    void connect() {
        gateway = Client.gateway();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-http",
                "other-version",
                "no-status",
                "two-lengths",
                "negative-length",
                "length-and-coding",
                "coding-in-1.0",
                "no-colon",
                "bare-line-feeds",
                "head-too-large",
                "interim-only",
                "switching",
                "early-close"
            })
    void saysThatTheAnswerWasLostWhereItCannotBeRead(String how) {
        String target = "/broken/" + UUID.randomUUID() + "/" + how;

        String answer = gateway.raw(post(target));

        assertThat(answer).startsWith("HTTP/1.1 502 ");
        assertThat(Client.problem(answer).getString("code")).isEqualTo("upstream_unavailable");
        assertThat(new Client(broken.getPort()).get("/calls?of=" + target).body())
                .isEqualTo("1");
        assertThat(gateway.send("POST", "/broken/after-" + how, "{}").body()).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"large-chunk", "bad-chunk", "short"})
    void breaksOffItsOwnAnswerWhereTheServiceBreaksOffItsBody(String how) {
        String answer = gateway.raw(post("/broken/" + how));

        if (!answer.startsWith("HTTP/1.1 502 ")) {
            assertThat(answer).doesNotEndWith("0\r\n\r\n");
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSizeLessThan(20);
        }
        assertThat(gateway.send("POST", "/broken/after-" + how, "{}").body()).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"body-where-none-is", "two-answers"})
    void givesNobodyTheAnswerOfAnother(String how) {
        for (int i = 0; i < 20; i++) {
            assertThat(gateway.raw(post("/broken/" + how)))
                    .doesNotContain("evil")
                    .matches("(?s)HTTP/1.1 20[04] .*");
            assertThat(gateway.raw(post("/broken/next"))).doesNotContain("evil").matches("(?s)HTTP/1.1 (200|502) .*");
        }
    }

    @Test
    void passesOnALinkThatRepeatsALongQuery() {
        assertThat(gateway.get("/orders/echoed-link?x=" + "x".repeat(8_000))
                        .headers()
                        .firstValue("Link"))
                .hasValueSatisfying(link -> assertThat(link).hasSizeGreaterThan(8_000));
    }

    private static String post(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    }
}
