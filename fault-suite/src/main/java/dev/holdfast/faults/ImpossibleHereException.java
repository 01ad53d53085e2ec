package dev.holdfast.faults;

/** This machine does not allow a fault; that is no fault of the stack. */
final class ImpossibleHereException extends Exception {
    private static final long serialVersionUID = 1L;

    ImpossibleHereException(String message) {
        super(message);
    }
}
