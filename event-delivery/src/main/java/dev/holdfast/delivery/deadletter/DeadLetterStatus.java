package dev.holdfast.delivery.deadletter;

/** What has become of a dead letter; one that fails again after its replay is WAITING again. */
public enum DeadLetterStatus {
    WAITING,
    REPLAYED,
    DISCARDED,
    /** What a newer version wrote, of which this one does not know what may be done with it. */
    UNKNOWN;

    static DeadLetterStatus read(String stored) {
        return switch (stored) {
            case "WAITING" -> WAITING;
            case "REPLAYED" -> REPLAYED;
            case "DISCARDED" -> DISCARDED;
            default -> UNKNOWN;
        };
    }
}
