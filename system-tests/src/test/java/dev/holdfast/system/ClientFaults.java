package dev.holdfast.system;

import dev.holdfast.faults.stack.StackUnderTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Clients that the gateway has limits for; they come from other addresses than 127.0.0.1, which has none here. */
final class ClientFaults {
    private static final String WITHOUT_TOKEN = "GET /orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private static final String HALF_A_HEAD = "GET /orders HTTP/1.1\r\nHost: loc";
    private static final int CONNECTIONS_PER_ADDRESS = 256;
    /** More than four fifths of 4,096. */
    private static final int NEARLY_ALL_CONNECTIONS = 3_500;

    private final StackUnderTest stack;

    ClientFaults(StackUnderTest stack) {
        this.stack = stack;
    }

    AlertFault tooManyConnections() {
        return new AlertFault(
                "a client opens more connections than it may",
                List.of("HoldfastClientLimited"),
                () -> opening("127.0.0.2", "", CONNECTIONS_PER_ADDRESS));
    }

    AlertFault requestsWithoutToken() {
        return new AlertFault(
                "a client sends request after request without a token",
                List.of("HoldfastUnauthorizedRequests"),
                () -> opening("127.0.0.3", WITHOUT_TOKEN, 0));
    }

    AlertFault unendedRequests() {
        return new AlertFault(
                "a client begins requests and does not end them",
                List.of("HoldfastSlowClients"),
                () -> opening("127.0.0.4", HALF_A_HEAD, 0));
    }

    AlertFault thousandsOfConnections() {
        return new AlertFault(
                NEARLY_ALL_CONNECTIONS + " idle connections from many addresses",
                List.of("HoldfastGatewayNearlyFull"),
                () -> {
                    List<SocketChannel> idle = new ArrayList<>();
                    Repeated kept = Repeated.every(Duration.ofSeconds(1), () -> topUp(idle));
                    return () -> {
                        kept.close();
                        closeAll(idle);
                    };
                });
    }

    /** So many connections at first, then five a second; the oldest of these are closed in time. */
    private AutoCloseable opening(String address, String sent, int first) throws IOException {
        List<SocketChannel> held = new ArrayList<>();
        for (int i = 0; i < first; i++) {
            held.add(open(address, sent));
        }
        Deque<SocketChannel> further = new ArrayDeque<>();
        Repeated repeated = Repeated.every(Duration.ofMillis(200), () -> {
            further.add(open(address, sent));
            if (further.size() > 2 * CONNECTIONS_PER_ADDRESS) {
                further.removeFirst().close();
            }
        });
        return () -> {
            repeated.close();
            closeAll(held);
            closeAll(further);
        };
    }

    /** The gateway closes those that are idle for a minute. */
    private void topUp(List<SocketChannel> idle) throws IOException {
        Iterator<SocketChannel> each = idle.iterator();
        while (each.hasNext()) {
            SocketChannel channel = each.next();
            if (channel.read(ByteBuffer.allocate(1)) < 0) {
                channel.close();
                each.remove();
            }
        }
        while (idle.size() < NEARLY_ALL_CONNECTIONS) {
            int number = idle.size();
            SocketChannel channel = open("127.1." + number / 250 + '.' + (number % 250 + 1), "");
            channel.configureBlocking(false);
            idle.add(channel);
        }
    }

    private SocketChannel open(String address, String sent) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(address, 0));
        channel.connect(new InetSocketAddress("127.0.0.1", stack.gateway().getPort()));
        channel.write(ByteBuffer.wrap(sent.getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    private static void closeAll(Iterable<SocketChannel> channels) throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
