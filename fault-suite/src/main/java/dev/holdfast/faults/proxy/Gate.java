package dev.holdfast.faults.proxy;

/** Open at first. */
final class Gate {
    private boolean shut;

    synchronized void shut() {
        shut = true;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    /** Returns when it is open. */
    synchronized void await() throws InterruptedException {
        while (shut) {
            wait();
        }
    }
}
