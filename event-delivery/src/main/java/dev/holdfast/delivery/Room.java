package dev.holdfast.delivery;

import java.util.concurrent.Semaphore;

/** How much a consumer of a queue has in hand at most, those messages included whose connection has gone. */
final class Room {
    private final Semaphore messages;
    private final Semaphore bytes;
    private final int bytesMax;

    Room(int messagesMax, int bytesMax) {
        this.messages = new Semaphore(messagesMax);
        this.bytes = new Semaphore(bytesMax);
        this.bytesMax = bytesMax;
    }

    /** Waits until there is room. A message larger than all of it is taken once nothing else is there. */
    void enter(int messageBytes) {
        messages.acquireUninterruptibly();
        bytes.acquireUninterruptibly(Math.min(messageBytes, bytesMax));
    }

    void leave(int messageBytes) {
        bytes.release(Math.min(messageBytes, bytesMax));
        messages.release();
    }
}
