package dev.holdfast.faults.proxy;

import dev.holdfast.faults.proxy.TcpProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One client's connection, passed on to the server. */
final class ProxiedConnection {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final Socket client;
    private final Socket server = new Socket();
    private final ProxyFault fault;

    ProxiedConnection(Socket client, ProxyFault fault) {
        this.client = client;
        this.fault = fault;
    }

    /** Connects to the server; returns when both directions have ended. */
    void run(InetSocketAddress target) {
        try {
            fault.awaitThaw(Direction.TO_SERVER);
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread answers = Thread.startVirtualThread(() -> pump(Direction.TO_CLIENT));
            pump(Direction.TO_SERVER);
            answers.join();
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(server);
        }
    }

    void reset() {
        reset(client);
        reset(server);
    }

    private void pump(Direction direction) {
        boolean answer = direction == Direction.TO_CLIENT;
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream from = (answer ? server : client).getInputStream();
            Socket receiver = answer ? client : server;
            OutputStream to = receiver.getOutputStream();
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                if (answer && fault.loses(buffer, length)) {
                    reset();
                    return;
                }
                fault.awaitTurn(direction);
                to.write(buffer, 0, length);
            }
            fault.awaitThaw(direction);
            receiver.shutdownOutput();
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        close(socket);
    }

    static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // Nothing is left to be closed then.
        }
    }
}
