package dev.holdfast.event;

/** A message that is no event of its queue; what it says is why, and trying again cannot help. */
public final class MalformedEventException extends Exception {
    public MalformedEventException(String message) {
        super(message);
    }

    public MalformedEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
