package dev.holdfast.delivery;

/**
 * What may still be taken from the broker: as many messages as the channel's subscriber has asked for, and as many bytes as
 * may be unsettled, on whatever connection they came.
 */
final class Demand {
    private final int bytesMax;
    private long messages;
    private long unsettledBytes;

    Demand(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The subscriber asks for so many more messages. */
    synchronized void add(long more) {
        messages = more > Long.MAX_VALUE - messages ? Long.MAX_VALUE : messages + more;
        notifyAll();
    }

    /** Waits until a message may be taken. One that is larger than all of the bytes is taken once nothing else is there. */
    synchronized void take(int messageBytes) throws InterruptedException {
        while (messages == 0 || (unsettledBytes > 0 && unsettledBytes + messageBytes > bytesMax)) {
            wait();
        }
        messages--;
        unsettledBytes += messageBytes;
    }

    synchronized void settled(int messageBytes) {
        unsettledBytes -= messageBytes;
        notifyAll();
    }
}
