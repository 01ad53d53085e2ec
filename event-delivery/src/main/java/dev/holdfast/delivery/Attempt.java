package dev.holdfast.delivery;

/** The result of applying one message that does not come from its queue. */
public sealed interface Attempt {
    /** It is applied now, or was before. */
    record Applied() implements Attempt {}

    /** Another attempt cannot help, as far as is known. */
    record Failed(String reason) implements Attempt {}

    /** Nothing is wrong with it: the database is away, or a row is locked. */
    record Later(String why) implements Attempt {}
}
