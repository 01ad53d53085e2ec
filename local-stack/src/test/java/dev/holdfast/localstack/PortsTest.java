package dev.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {
    /** Of Linux, which begins lowest. */
    private static final int FIRST_OF_CONNECTIONS = 32_768;

    private static final int STEP = 500;

    @Test
    void freePortsAreNoneThatAConnectionMayTakeMeanwhile() {
        List<Integer> ports =
                IntStream.range(0, 100).mapToObj(_ -> Ports.free()).toList();
        assertThat(ports)
                .doesNotHaveDuplicates()
                .allSatisfy(port -> assertThat(port).isGreaterThan(1024).isLessThan(FIRST_OF_CONNECTIONS));
    }

    @Test
    void aPortThatIsTakenIsNotFree() throws Exception {
        int port = Ports.freeWith(STEP);
        assertThat(Ports.isFree(port)).isTrue();
        assertThat(Ports.isFree(port + STEP)).isTrue();
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            assertThat(Ports.isFree(port)).isFalse();
            assertThat(Ports.freeOrOther(port)).isNotEqualTo(port);
        }
    }
}
