package dev.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ListeningPortsTest {
    @Test
    void bothAreKnownOrNeitherIs() {
        assertThatCode(() -> ListeningPorts.check(8001, 8501)).doesNotThrowAnyException();
        assertThatCode(() -> ListeningPorts.check(0, 0)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ListeningPorts.check(0, 8501))
                .hasMessageContaining("HTTP_PORT=0 and MANAGEMENT_PORT=8501");
        assertThatThrownBy(() -> ListeningPorts.check(8001, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
