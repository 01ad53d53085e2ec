package dev.holdfast.system;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a migration takes from the version that serves while it runs, or no longer lets it write: where {@link
 * MigrationRules} look at locks, these look at the meaning. A release expands; a later one contracts, when nobody is left
 * who would miss it, and its migration says so.
 */
final class MigrationContractions {
    /** The line by which a migration says why the last version can do without. */
    private static final Pattern REASON = Pattern.compile("(?m)^-- Contract: \\S");

    private static final Pattern DROP_INDEX = Pattern.compile("^drop index (?:concurrently )?(?:if exists )?(\\w+)");
    private static final Pattern INDEX =
            Pattern.compile("^create (unique )?index (?:concurrently )?(?:if not exists )?(\\w+) on (\\w+)");
    private static final Pattern DROP = Pattern.compile("^drop (?!index\\b).*");
    private static final Pattern ALTER =
            Pattern.compile("^alter table (?:if exists )?(?:only )?(\\w+) (.*)$", Pattern.DOTALL);
    private static final Pattern CONTRACTING_ACTION = Pattern.compile("^(?:drop .*|rename .*|set schema .*"
            + "|alter (?:column )?\\w+ (?:drop default|set not null|(?:set data )?type .*)"
            + "|add constraint .*"
            + "|add (?:column )?(?=.*\\bnot null\\b)(?!.*\\bdefault\\b).*)$");

    private MigrationContractions() {}

    /** Empty where the version that serves can go on as before, or where the file says why it can all the same. */
    static List<String> unexplained(String text) {
        if (REASON.matcher(text).find()) {
            return List.of();
        }
        List<String> statements = MigrationRules.statements(text);
        Set<String> created = statements.stream()
                .flatMap(statement -> MigrationRules.createdTable(statement).stream())
                .collect(Collectors.toSet());
        Set<String> rebuilt = statements.stream()
                .map(INDEX::matcher)
                .filter(Matcher::find)
                .map(index -> index.group(2))
                .collect(Collectors.toSet());
        return statements.stream()
                .flatMap(statement -> contracting(statement, created, rebuilt))
                .toList();
    }

    private static Stream<String> contracting(String statement, Set<String> created, Set<String> rebuilt) {
        Matcher dropped = DROP_INDEX.matcher(statement);
        Matcher index = INDEX.matcher(statement);
        Matcher alter = ALTER.matcher(statement);
        if (alter.matches()) {
            return created.contains(alter.group(1))
                    ? Stream.empty()
                    : MigrationRules.actions(alter.group(2))
                            .filter(action -> CONTRACTING_ACTION.matcher(action).matches());
        }
        boolean takes = DROP.matcher(statement).matches()
                || (dropped.find() && !rebuilt.contains(dropped.group(1)))
                || (index.find() && index.group(1) != null && !created.contains(index.group(3)));
        return takes ? Stream.of(statement) : Stream.empty();
    }
}
