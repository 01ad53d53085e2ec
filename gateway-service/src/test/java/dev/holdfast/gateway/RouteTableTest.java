package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private final RouteTable<String> routes =
            new RouteTable<>(Map.of("orders", List.of("/orders"), "payments", List.of("/accounts", "/orders/archive")));

    @Test
    void routesAPrefixAndWhatIsBelowIt() {
        assertThat(routes.find("/orders")).isEqualTo("orders");
        assertThat(routes.find("/orders?user_id=1")).isEqualTo("orders");
        assertThat(routes.find("/orders/")).isEqualTo("orders");
        assertThat(routes.find("/orders/1/x")).isEqualTo("orders");
        assertThat(routes.find("/accounts/1/hold")).isEqualTo("payments");
    }

    @Test
    void prefersTheLongerPrefix() {
        assertThat(routes.find("/orders/archive/1")).isEqualTo("payments");
        assertThat(routes.find("/orders/archives")).isEqualTo("orders");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/refunds",
                "/ordersx",
                "/Orders",
                "/order",
                "//orders",
                "/q/health",
                "/%6frders",
                "/orders;x"
            })
    void routesNothingElse(String path) {
        assertThat(routes.find(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "orders", "/orders/", "/orders/../x"})
    void refusesAPrefixThatWouldCoverMoreThanItSays(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RouteTable<>(Map.of("orders", List.of(prefix))));
    }
}
