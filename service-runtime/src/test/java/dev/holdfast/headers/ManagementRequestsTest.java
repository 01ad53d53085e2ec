package dev.holdfast.headers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagementRequestsTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.0.0.2, true",
        "localhost, true",
        "LOCALHOST, true",
        "::1, true",
        "[::1], true",
        "0.0.0.0, false",
        "::, false",
        "192.0.2.1, false",
        "localhost.example, false",
        "127.0.0.1.example, false",
        "'', false"
    })
    void knowsThisMachineByItsAddresses(String host, boolean isThisMachine) {
        assertThat(ManagementRequests.isThisMachine(host)).isEqualTo(isThisMachine);
    }
}
