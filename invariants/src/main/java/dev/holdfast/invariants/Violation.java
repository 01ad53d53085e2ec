package dev.holdfast.invariants;

import java.util.List;

/**
 * One broken promise.
 *
 * @param invariant {@code I1} to {@code I8}
 * @param sentence what should hold and does not
 * @param count how many rows break it
 * @param rows the offending rows; only the first {@value Findings#ROWS_NAMED} of them
 */
public record Violation(String invariant, String sentence, long count, List<String> rows) {
    public Violation {
        rows = List.copyOf(rows);
    }

    @Override
    public String toString() {
        return invariant + " broken by " + count + ": " + sentence + "\n    " + String.join("\n    ", rows);
    }
}
