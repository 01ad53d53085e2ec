package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AccessConfig.Mode;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenModeTest {
    private final OpenMode open = mode(Mode.OFF);

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "[::1]", "::1", "order-service"})
    void answersToThisMachineAndToTheHostsThatAreNamed(String host) {
        assertThat(open.refusal(HostAndPort.create(host, 8000), null)).isNull();
        assertThat(open.refusal(HostAndPort.create(host, -1), "http://localhost:8000"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"})
    void refusesANameThatWasMadeToLeadHere(String host) {
        assertThat(open.refusal(HostAndPort.create(host, 8000), null)).contains("HOLDFAST_AUTH=off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://localhost.evil.example", "file://", "%%%", ""})
    void refusesThePageOfAnotherSite(String origin) {
        assertThat(open.refusal(HostAndPort.create("localhost", 8000), origin)).contains("another site");
    }

    @Test
    void leavesAllToTheTokenWhereOneIsAskedFor() {
        assertThat(mode(Mode.JWT).refusal(HostAndPort.create("shop.example", 443), "https://shop.example"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "off, , , , 127.0.0.1",
        "off, ::1, , , ::1",
        "off, localhost, , , localhost",
        "off, 0.0.0.0, order-service, , 0.0.0.0",
        "off, 0.0.0.0, order-service, 127.0.0.1, 0.0.0.0",
        "off, 0.0.0.0, order-service, [::1], 0.0.0.0",
        "jwt, , , , 0.0.0.0",
        "jwt, 192.0.2.1, , 0.0.0.0, 192.0.2.1"
    })
    void listensWhereOnlyThisMachineReachesItUnlessTokensDecide(
            String mode, String host, String hosts, String published, String listensOn) throws Exception {
        AccessConfig config = shipped(mode, host, hosts, published);
        new OpenMode(config).start(null);
        assertThat(config.host()).isEqualTo(listensOn);
    }

    @ParameterizedTest
    @CsvSource({
        "off, 0.0.0.0, , , HTTP_HOST=0.0.0.0",
        "OFF, ::, , , HTTP_HOST=::",
        "off, 192.0.2.1, , , HTTP_HOST=192.0.2.1",
        "off, nowhere.invalid, , , HTTP_HOST=nowhere.invalid",
        "off, , , 0.0.0.0, PUBLISHED_HOST=0.0.0.0",
        "off, 0.0.0.0, order-service, 192.0.2.1, PUBLISHED_HOST=192.0.2.1"
    })
    void doesNotStartWhereOthersWouldReachIt(String mode, String host, String hosts, String published, String says)
            throws Exception {
        OpenMode reachable = new OpenMode(shipped(mode, host, hosts, published));
        assertThatThrownBy(() -> reachable.start(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HOLDFAST_AUTH=off, but " + says);
    }

    /** As services are configured, of which each passes on where it listens. */
    private static AccessConfig shipped(String mode, String host, String hosts, String published) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOLDFAST_AUTH", mode);
        environment.put("HTTP_HOST", host);
        environment.put("OPEN_HOSTS", hosts);
        environment.put("PUBLISHED_HOST", published);
        environment.values().removeIf(Objects::isNull);
        environment.put("quarkus.http.host", "${listening-host}");
        return IssuersTest.config(environment);
    }

    private static OpenMode mode(Mode mode) {
        return new OpenMode(new TestConfig(
                mode, Duration.ZERO, Duration.ZERO, List.of(), "roles", Set.of(), List.of("order-service")));
    }
}
