package dev.holdfast.faults.proxy;

import dev.holdfast.faults.proxy.TcpProxy.Direction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a proxy does to the bytes that it passes on; nothing at first. Thread-safe. */
final class ProxyFault {
    private final Gate toServer = new Gate();
    private final Gate toClient = new Gate();
    private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
    private volatile boolean losesAnswers;
    private volatile Duration latency = Duration.ZERO;

    void freeze(Direction direction) {
        gate(direction).shut();
    }

    void delay(Duration by) {
        latency = by;
    }

    void loseAnswers() {
        losesAnswers = true;
    }

    void onNextAnswer(String text, Runnable action) {
        trap.set(new Trap(text, action));
    }

    void mend() {
        trap.set(null);
        losesAnswers = false;
        latency = Duration.ZERO;
        thaw();
    }

    void thaw() {
        toServer.open();
        toClient.open();
    }

    /** Whether these bytes, which go to the client, are lost; runs the action of {@link #onNextAnswer} first. */
    boolean loses(byte[] answer, int length) {
        Trap set = trap.get();
        if (set != null && set.catches(answer, length) && trap.compareAndSet(set, null)) {
            set.action().run();
            return true;
        }
        return losesAnswers;
    }

    /** Returns when a piece may be passed on. */
    void awaitTurn(Direction direction) throws InterruptedException {
        if (!latency.isZero()) {
            Thread.sleep(latency);
        }
        awaitThaw(direction);
    }

    void awaitThaw(Direction direction) throws InterruptedException {
        gate(direction).await();
    }

    private Gate gate(Direction direction) {
        return direction == Direction.TO_SERVER ? toServer : toClient;
    }

    private record Trap(String text, Runnable action) {
        boolean catches(byte[] buffer, int length) {
            return new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(text);
        }
    }
}
