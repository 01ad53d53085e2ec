package dev.holdfast.order.payments;

/** Payments gave no answer that could be used. */
public final class PaymentsUnavailableException extends RuntimeException {
    private final boolean mayHaveArrived;

    /** @param mayHaveArrived whether payments may have done what it was asked for */
    public PaymentsUnavailableException(String message, boolean mayHaveArrived) {
        super(message);
        this.mayHaveArrived = mayHaveArrived;
    }

    PaymentsUnavailableException(String message, boolean mayHaveArrived, Throwable cause) {
        super(message, cause);
        this.mayHaveArrived = mayHaveArrived;
    }

    /** Whether payments may have done what it was asked for, its answer being lost or an error. */
    public boolean mayHaveArrived() {
        return mayHaveArrived;
    }
}
