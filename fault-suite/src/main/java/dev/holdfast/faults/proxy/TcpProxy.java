package dev.holdfast.faults.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes TCP connections on to a port of this machine, and fails in the way it is told. Where it is frozen nothing is
 * lost: as after a cut cable that is mended, all that was written goes on its way when it is thawed.
 */
public final class TcpProxy implements AutoCloseable {
    /** Which way bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int MAX_CONNECTIONS = 2_048;
    private static final int BACKLOG = 256;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final Duration REBIND_LIMIT = Duration.ofSeconds(20);
    private static final Duration REBIND_PAUSE = Duration.ofMillis(100);

    private final InetSocketAddress address;
    private final InetSocketAddress target;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final Gate toServer = new Gate();
    private final Gate toClient = new Gate();
    private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
    private volatile boolean losesAnswers;
    private volatile Duration latency = Duration.ZERO;
    private volatile ServerSocket listener;

    private TcpProxy(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
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

    /** Takes no connections, and resets those that there are. */
    public void refuse() {
        close(listener);
        cut();
    }

    /** Whatever is sent arrives nowhere, in these directions; connections are taken all the same. */
    public void freeze(Direction... directions) {
        for (Direction direction : directions) {
            gate(direction).shut();
        }
    }

    /** Each piece is passed on so much later, in both directions. */
    public void delay(Duration by) {
        latency = by;
    }

    /** What the server sends is thrown away, and the connection reset: the request was acted on, nobody hears of it. */
    public void loseAnswers() {
        losesAnswers = true;
    }

    /**
     * Of the next piece of an answer that contains this text nothing is passed on: the action runs, then the connection
     * is reset. It waits for one such piece; {@link #heal()} ends the wait.
     */
    public void onNextAnswer(String text, Runnable action) {
        trap.set(new Trap(text, action));
    }

    /** Resets all connections. */
    public void cut() {
        connections.forEach(Connection::reset);
    }

    /** Passes everything on again. */
    public void heal() {
        trap.set(null);
        losesAnswers = false;
        latency = Duration.ZERO;
        if (listener.isClosed()) {
            listenAgain();
        }
        toServer.open();
        toClient.open();
    }

    @Override
    public void close() {
        close(listener);
        cut();
        toServer.open();
        toClient.open();
    }

    /** Meanwhile another process may have been given the port for a connection of its own; it has it for a moment. */
    private void listenAgain() {
        long deadline = System.nanoTime() + REBIND_LIMIT.toNanos();
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
                        reset(client);
                    }
                } catch (IOException e) {
                    // The listener was closed, or the client has gone already.
                }
            }
        });
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        Connection connection = new Connection(client, server);
        connections.add(connection);
        try {
            toServer.await();
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread answers = Thread.startVirtualThread(() -> connection.pump(Direction.TO_CLIENT));
            connection.pump(Direction.TO_SERVER);
            answers.join();
        } catch (IOException e) {
            connection.reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(server);
            connections.remove(connection);
            free.release();
        }
    }

    private Gate gate(Direction direction) {
        return direction == Direction.TO_SERVER ? toServer : toClient;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        close(socket);
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // Nothing is left to be closed then.
        }
    }

    private record Trap(String text, Runnable action) {
        boolean catches(byte[] buffer, int length) {
            return new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void reset() {
            TcpProxy.reset(client);
            TcpProxy.reset(server);
        }

        void pump(Direction direction) {
            boolean answer = direction == Direction.TO_CLIENT;
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream from = (answer ? server : client).getInputStream();
                Socket receiver = answer ? client : server;
                OutputStream to = receiver.getOutputStream();
                for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                    if (answer && isLost(buffer, length)) {
                        reset();
                        return;
                    }
                    if (!latency.isZero()) {
                        Thread.sleep(latency);
                    }
                    gate(direction).await();
                    to.write(buffer, 0, length);
                }
                gate(direction).await();
                receiver.shutdownOutput();
            } catch (IOException e) {
                reset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reset();
            }
        }

        private boolean isLost(byte[] answer, int length) {
            Trap set = trap.get();
            if (set != null && set.catches(answer, length) && trap.compareAndSet(set, null)) {
                set.action().run();
                return true;
            }
            return losesAnswers;
        }
    }
}
