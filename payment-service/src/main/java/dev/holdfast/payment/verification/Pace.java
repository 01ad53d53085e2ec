package dev.holdfast.payment.verification;

/** Keeps a pass from getting in the way of those who pay. */
@FunctionalInterface
interface Pace {
    /**
     * To be called after so many transfers: rests as long as they may take, and keeps the lease.
     *
     * @return false where the pass must not go on
     */
    boolean on(long transfers);
}
