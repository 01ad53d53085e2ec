package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AccessConfig.Mode;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    private static OpenMode mode(Mode mode) {
        return new OpenMode(new TestConfig(
                mode, Duration.ZERO, Duration.ZERO, List.of(), "roles", java.util.Set.of(), List.of("order-service")));
    }
}
