package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationsTest {
    private final Operations operations = new Operations(List.of(
            "GET /orders",
            "GET /orders/{order_id}",
            "GET /orders/events",
            "POST /accounts/{user_id}/deposit",
            "GET /docs/"));

    @ParameterizedTest
    @CsvSource({
        "GET, /orders, /orders",
        "GET, /orders/events, /orders/events",
        "GET, /orders/1, /orders/{order_id}",
        "POST, /accounts/1/deposit, /accounts/{user_id}/deposit",
        "GET, /docs/, /docs/"
    })
    void namesWhatIsAskedFor(String method, String path, String template) {
        assertThat(operations.find(method, path)).isEqualTo(new Operations.Operation(method, template));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /orders",
        "GET, /orders/",
        "GET, /orders/1/2",
        "GET, /accounts",
        "GET, /",
        "GET, ''",
        "OPTIONS, *"
    })
    void knowsNothingElse(String method, String path) {
        assertThat(operations.find(method, path)).isNull();
    }

    @Test
    void readsWhatThePathNames() {
        assertThat(Operations.parameters(
                        new Operations.Operation("POST", "/accounts/{user_id}/deposit"), "/accounts/anna/deposit"))
                .isEqualTo(Map.of("user_id", "anna"));
    }

    @Test
    void takesNoPathWithoutItsMethod() {
        assertThatThrownBy(() -> new Operations(List.of("/orders")))
                .hasMessage("An operation is written like GET /orders, not like /orders");
    }
}
