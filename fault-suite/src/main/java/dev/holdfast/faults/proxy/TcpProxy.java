package dev.holdfast.faults.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Passes TCP connections on to a port of this machine, and fails in the way it is told. A frozen proxy loses nothing: it
 * passes all on when it is mended, as a network does after a cable was plugged in again.
 */
public final class TcpProxy implements AutoCloseable {
    /** Which way bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private static final int MAX_CONNECTIONS = 2_048;
    private static final int BACKLOG = 256;
    private static final Duration REBIND_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REBIND_PAUSE = Duration.ofMillis(100);

    private final InetSocketAddress address;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final ProxyFault fault = new ProxyFault();
    private volatile InetSocketAddress target;
    private volatile ServerSocket listener;

    private TcpProxy(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        this.target = loopback(targetPort);
    }

    /** Listens on a free port at once; whether anything listens at the target matters to each connection only. */
    public static TcpProxy to(int targetPort) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), targetPort);
            proxy.accept(proxy.listener);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return address.getPort();
    }

    /** Passes new connections on to another port, as a load balancer does in a rollout; those that there are go on. */
    public void passTo(int otherPort) {
        target = loopback(otherPort);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Takes no connections, and resets those that there are. */
    public void refuse() {
        ProxiedConnection.close(listener);
        cut();
    }

    /** Passes nothing on in these directions; it still takes connections. */
    public void freeze(Direction... directions) {
        for (Direction direction : directions) {
            fault.freeze(direction);
        }
    }

    /** Each piece is passed on so much later, in both directions. */
    public void delay(Duration by) {
        fault.delay(by);
    }

    /** Throws away what the server sends, and resets the connection: the request was carried out, and nobody hears of it. */
    public void loseAnswers() {
        fault.loseAnswers();
    }

    /**
     * Waits for the next piece of an answer that contains this text, once: runs the action, passes nothing of it on, and
     * resets the connection. {@link #mend()} ends the wait.
     */
    public void onNextAnswer(String text, Runnable action) {
        fault.onNextAnswer(text, action);
    }

    /** Resets all connections. */
    public void cut() {
        connections.forEach(ProxiedConnection::reset);
    }

    /** Passes everything on again. */
    public void mend() {
        fault.mend();
        if (listener.isClosed()) {
            listenAgain();
        }
    }

    @Override
    public void close() {
        ProxiedConnection.close(listener);
        cut();
        fault.thaw();
    }

    /** Another process may have been given the port for a short connection meanwhile, so this tries again. */
    private void listenAgain() {
        long deadline = System.nanoTime() + REBIND_TIMEOUT.toNanos();
        while (true) {
            try {
                ServerSocket again = new ServerSocket();
                again.setReuseAddress(true);
                again.bind(address, BACKLOG);
                listener = again;
                accept(again);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new UncheckedIOException("The proxy's port " + port() + " stays taken", e);
                }
                pause(REBIND_PAUSE);
            }
        }
    }

    private void accept(ServerSocket from) {
        Thread.ofVirtual().name("proxy " + port()).start(() -> {
            while (!from.isClosed()) {
                try {
                    Socket client = from.accept();
                    if (free.tryAcquire()) {
                        Thread.startVirtualThread(() -> connect(client));
                    } else {
                        ProxiedConnection.reset(client);
                    }
                } catch (IOException e) {
                    // The listener was closed, or the client has gone already.
                }
            }
        });
    }

    private void connect(Socket client) {
        ProxiedConnection connection = new ProxiedConnection(client, fault);
        connections.add(connection);
        try {
            connection.run(target);
        } finally {
            connections.remove(connection);
            free.release();
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
