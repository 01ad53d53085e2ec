package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** TCP ports of this machine's loopback address. */
final class Ports {
    static final int MAX = 65_535;

    /** By this JVM; the system gives a port again as long as nothing listens on it. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port that nothing listens on at this moment, never the same one twice. */
    static int free() {
        int port;
        do {
            port = any();
        } while (!GIVEN.add(port));
        return port;
    }

    /** The same, where the port that is so many above is free too, and is given to nobody else. */
    static int freeWith(int step) {
        while (true) {
            int port = free();
            if (port + step <= MAX && isFree(port + step) && GIVEN.add(port + step)) {
                return port;
            }
        }
    }

    /** The port if it is free, which is then never given to another, or else one that is. */
    static int freeOrOther(int port) {
        if (!isFree(port)) {
            return free();
        }
        GIVEN.add(port);
        return port;
    }

    private static int any() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isFree(int port) {
        // The wildcard address, because a service that listens on it would collide with a listener on any other.
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
