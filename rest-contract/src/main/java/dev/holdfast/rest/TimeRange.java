package dev.holdfast.rest;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a list that are meant, by their time.
 *
 * @param from the first moment that is meant
 * @param to the first moment that is not meant any more
 */
public record TimeRange(Instant from, Instant to) {
    /** Before every row. */
    private static final Instant BEGINNING = Instant.EPOCH;
    /** Behind every row. */
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999Z");

    private static final UUID LOWEST = new UUID(0, 0);

    /**
     * Reads the query parameters of these names.
     *
     * @throws Problem 400 that names {@code to}, where it is before {@code from}
     */
    public static TimeRange of(@Nullable Instant from, @Nullable Instant to) {
        if (from != null && to != null && to.isBefore(from)) {
            throw Problem.invalid("to", "must not be before from");
        }
        return new TimeRange(from == null ? BEGINNING : from, to == null ? END : to);
    }

    /** What the rows of a page are before, in a list that is ordered by time and id, newest first. */
    public Cursor start(@Nullable Cursor cursor) {
        return cursor != null && cursor.at().isBefore(to) ? cursor : new Cursor(to, LOWEST);
    }
}
