package dev.holdfast.localstack;

/** Something of the stack cannot be started or stopped; the message tells the user what, and what to do. */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StackException(String message) {
        super(message);
    }

    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
