package dev.holdfast.delivery.deadletter;

/** The result of replaying a dead letter. */
sealed interface ReplayResult {
    /** It is applied. */
    record Replayed(DeadLetterSummary deadLetter) implements ReplayResult {}

    /** It was tried, and waits again. */
    record FailedAgain(DeadLetterSummary deadLetter) implements ReplayResult {}

    record NotFound() implements ReplayResult {}

    /** It was discarded, or is of a status that this version does not know. */
    record NotReplayable(DeadLetterStatus status) implements ReplayResult {}

    /** Only its beginning was kept. */
    record Truncated() implements ReplayResult {}

    /** It was not sent by the one whose messages are applied. */
    record WrongSender() implements ReplayResult {}

    /** It could not be tried; it goes on waiting. */
    record NotTaken(String why) implements ReplayResult {}

    /** Another replay is running in this process, or of this dead letter. */
    record Busy() implements ReplayResult {}
}
