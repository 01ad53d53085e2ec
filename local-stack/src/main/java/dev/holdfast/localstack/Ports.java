package dev.holdfast.localstack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/** TCP ports of this machine's loopback address. */
public final class Ports {
    static final int MAX = 65_535;

    /**
     * Where free ports are looked for: below those that systems give to whoever asks for any (from 32,768 on Linux, 49,152
     * elsewhere), as each outgoing connection does. One of these could be taken between its choice and its use.
     */
    private static final int LOWEST = 10_000;

    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 10_000;

    /** By this JVM, so that a port is not chosen twice before something listens on it. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /** A port that nothing listens on at this moment, never the same one twice. */
    public static int free() {
        return free(_ -> true);
    }

    /** The same, where the port that is so many above is free too, and is given to nobody else. */
    static int freeWith(int step) {
        return free(port -> isFree(port + step) && GIVEN.add(port + step));
    }

    /** The port if it is free, which is then never given to another, or else one that is. */
    static int freeOrOther(int port) {
        if (!isFree(port)) {
            return free();
        }
        GIVEN.add(port);
        return port;
    }

    private static int free(IntPredicate suits) {
        return ThreadLocalRandom.current()
                .ints(ATTEMPTS, LOWEST, HIGHEST)
                .filter(port -> isFree(port) && GIVEN.add(port) && suits.test(port))
                .findFirst()
                .orElseThrow(
                        () -> new StackException("no port from " + LOWEST + " to " + HIGHEST + " is free any more"));
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
