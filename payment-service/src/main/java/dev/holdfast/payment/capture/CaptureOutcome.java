package dev.holdfast.payment.capture;

import dev.holdfast.event.FailureReason;

/** What a request to capture comes to. */
sealed interface CaptureOutcome {
    /** The reserved amount is taken from balance and held. */
    record CaptureReserved() implements CaptureOutcome {}

    /** The hold's amount had been freed, but the money is still there: it is taken from what is available. */
    record CaptureAvailable() implements CaptureOutcome {}

    /** An earlier request took the money; it is confirmed once more, without a second transfer. */
    record AlreadyCaptured() implements CaptureOutcome {}

    /** Nothing is taken. */
    record Refused(FailureReason reason) implements CaptureOutcome {}
}
