package dev.holdfast.delivery;

/** An event that can never be applied; its message becomes the reason of the dead letter. */
public final class PoisonEventException extends RuntimeException {
    public PoisonEventException(String reason) {
        super(reason);
    }
}
