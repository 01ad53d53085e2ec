package dev.holdfast.faults;

/** What was waited for did not come about. */
public final class MissedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MissedException(String message) {
        super(message);
    }
}
