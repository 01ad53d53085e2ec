package dev.holdfast.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.faults.proxy.TcpProxy.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private static final int SHORT_MILLIS = 200;
    private static final int LONG_MILLIS = 10_000;

    private final BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private TcpProxy proxy;

    /** Answers each byte by the next one. */
    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(server.getLocalPort());
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Thread.startVirtualThread(() -> answer(client));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesOnInBothDirectionsAndTheEnd() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, 1)).isEqualTo(2);
            assertThat(ask(client, 7)).isEqualTo(8);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesConnectionsAndResetsThoseThereAre() throws IOException {
        try (Socket client = connect()) {
            ask(client, 1);
            proxy.refuse();

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        }
        proxy.mend();
        try (Socket client = connect()) {
            assertThat(ask(client, 1)).isEqualTo(2);
        }
    }

    @Test
    void aBlackHoleTakesConnectionsAndKeepsAllUntilItIsHealed() throws Exception {
        try (Socket before = connect()) {
            ask(before, 1);
            arrived.clear();
            proxy.freeze(Direction.values());
            try (Socket after = connect()) {
                before.getOutputStream().write(2);
                after.getOutputStream().write(3);
                assertThat(arrived.poll(SHORT_MILLIS, TimeUnit.MILLISECONDS)).isNull();

                proxy.mend();

                assertThat(before.getInputStream().read()).isEqualTo(3);
                assertThat(after.getInputStream().read()).isEqualTo(4);
            }
        }
    }

    @Test
    void whatIsFrozenTowardsTheClientHasReachedTheServer() throws Exception {
        try (Socket client = connect()) {
            proxy.freeze(Direction.TO_CLIENT);
            client.setSoTimeout(SHORT_MILLIS);

            assertThatThrownBy(() -> ask(client, 1)).isInstanceOf(SocketTimeoutException.class);
            assertThat(arrived.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(1);
        }
    }

    @Test
    void whatIsCutWhileItIsFrozenNeverArrives() throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            arrived.clear();
            proxy.freeze(Direction.TO_SERVER);
            client.getOutputStream().write(2);
            proxy.cut();
            proxy.mend();

            assertThat(arrived.poll(SHORT_MILLIS, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void losesTheAnswerAfterTheServerHasActed() throws Exception {
        try (Socket client = connect()) {
            proxy.loseAnswers();

            assertThatThrownBy(() -> ask(client, 1)).isInstanceOf(SocketException.class);
            assertThat(arrived.poll(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(1);
        }
    }

    @Test
    void runsTheActionOnTheAnswerThatContainsTheTextAndOnNoOther() throws Exception {
        BlockingQueue<String> acted = new LinkedBlockingQueue<>();
        proxy.onNextAnswer("C", () -> acted.add("now"));
        try (Socket client = connect()) {
            assertThat(ask(client, 'A')).isEqualTo('B');
            assertThat(acted).isEmpty();

            assertThatThrownBy(() -> ask(client, 'B')).isInstanceOf(SocketException.class);
            assertThat(acted).containsExactly("now");
        }
        try (Socket client = connect()) {
            assertThat(ask(client, 'B')).isEqualTo('C');
        }
    }

    @Test
    void delaysEachDirection() throws IOException {
        try (Socket client = connect()) {
            proxy.delay(Duration.ofMillis(SHORT_MILLIS));
            long start = System.nanoTime();
            ask(client, 1);

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(2 * SHORT_MILLIS));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(LONG_MILLIS);
        return socket;
    }

    private static int ask(Socket client, int question) throws IOException {
        client.getOutputStream().write(question);
        int answer = client.getInputStream().read();
        if (answer < 0) {
            throw new SocketException("closed");
        }
        return answer;
    }

    private void answer(Socket client) {
        try (client) {
            for (int read = client.getInputStream().read();
                    read >= 0;
                    read = client.getInputStream().read()) {
                arrived.add(read);
                client.getOutputStream().write(read + 1);
            }
        } catch (IOException e) {
            // The proxy has reset it.
        }
    }
}
