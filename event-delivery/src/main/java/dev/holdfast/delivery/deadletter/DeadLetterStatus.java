package dev.holdfast.delivery.deadletter;

/** What has become of a dead letter; one that fails again after its replay is WAITING again. */
public enum DeadLetterStatus {
    WAITING,
    REPLAYED,
    DISCARDED
}
