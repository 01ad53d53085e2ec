package dev.holdfast.faults;

/** A fault could not be brought about. */
final class MissedException extends Exception {
    private static final long serialVersionUID = 1L;

    MissedException(String message) {
        super(message);
    }
}
