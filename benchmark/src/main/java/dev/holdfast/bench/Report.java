package dev.holdfast.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.invariants.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one benchmark; this is the JSON of {@code --json}, in snake_case.
 *
 * @param backlog null where none was asked for
 * @param median each figure's median over the runs
 * @param violations of the invariants in the end; null where they could not be checked
 */
record Report(
        Workload workload,
        @Nullable Backlog backlog,
        List<Run> runs,
        Run median,
        @Nullable List<Violation> violations) {
    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    Report(Workload workload, @Nullable Backlog backlog, List<Run> runs, @Nullable List<Violation> violations) {
        this(workload, backlog, runs, Medians.of(runs), violations);
    }

    String json() throws JsonProcessingException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    }

    /** Whether no invariant is known to be broken and every order that was answered 201 exists. */
    boolean sound() {
        return (violations == null || violations.isEmpty())
                && runs.stream().allMatch(run -> run.orders().getOrDefault(Terminals.LOST, 0L) == 0);
    }
}
