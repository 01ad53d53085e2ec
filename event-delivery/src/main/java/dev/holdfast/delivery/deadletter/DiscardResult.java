package dev.holdfast.delivery.deadletter;

/** The result of discarding a dead letter. */
sealed interface DiscardResult {
    record Discarded(DeadLetterSummary deadLetter) implements DiscardResult {}

    record NotFound() implements DiscardResult {}

    /** It was replayed or discarded before, and does not wait. */
    record NotWaiting(DeadLetterStatus status) implements DiscardResult {}

    /** It is being replayed. */
    record Busy() implements DiscardResult {}
}
