package dev.holdfast.invariants;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers offending rows by the promise that they break: it counts all of them and names a bounded number. */
public final class Findings {
    static final int ROWS_NAMED = 20;

    private final Map<Promise, Rows> byPromise = new LinkedHashMap<>();

    public void add(String invariant, String sentence, String row) {
        byPromise
                .computeIfAbsent(new Promise(invariant, sentence), ignored -> new Rows())
                .add(row);
    }

    public List<Violation> violations() {
        List<Violation> violations = new ArrayList<>();
        byPromise.forEach((promise, rows) ->
                violations.add(new Violation(promise.invariant, promise.sentence, rows.count, rows.named)));
        return violations;
    }

    private record Promise(String invariant, String sentence) {}

    private static final class Rows {
        private final List<String> named = new ArrayList<>();
        private long count;

        void add(String row) {
            count++;
            if (named.size() < ROWS_NAMED) {
                named.add(row);
            }
        }
    }
}
