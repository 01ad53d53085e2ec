package dev.holdfast.system;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a migration may do to tables that replicas of the last version use meanwhile: nothing that locks a table for longer
 * than a moment. What is not known to be brief is refused.
 */
final class MigrationRules {
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*");
    private static final Pattern CREATED = Pattern.compile("^create (?:unlogged )?table (?:if not exists )?(\\w+)");
    private static final Pattern INDEX =
            Pattern.compile("^create (?:unique )?index (concurrently )?(?:if not exists )?(\\w+) on (\\w+)");
    private static final Pattern DROP_INDEX = Pattern.compile("^drop index (concurrently )?(?:if exists )?(\\w+)");
    private static final Pattern ALTER =
            Pattern.compile("^alter table (?:if exists )?(?:only )?(\\w+) (.*)$", Pattern.DOTALL);
    private static final Pattern CHANGE_ROWS = Pattern.compile("\\b(?:update|delete from) (?:only )?(\\w+)");
    private static final Pattern FORBIDDEN =
            Pattern.compile("^(lock|truncate|cluster|reindex|vacuum|do|refresh|call|alter (?!table))\\b.*");
    private static final Pattern LIMIT = Pattern.compile(
            "^(?:(?:re)?set|select (?:\\w+\\.)?set_config).*\\b(?:lock|statement)_timeout\\b|^reset all$");
    private static final Pattern ADD_COLUMN = Pattern.compile("^add (?:column )?(?:if not exists )?(\\w+) .*");
    // A constant, or what is evaluated once for the whole statement.
    private static final String CONSTANT =
            "(?:-?[\\d.]+|'[^']*'(?:::\\w+)?|true|false|null|now\\(\\)|current_timestamp)";
    private static final Pattern CONSTANT_DEFAULT = Pattern.compile(" default " + CONSTANT + "(?: |$)");
    private static final Pattern BRIEF_ACTION = Pattern.compile(
            "^(?:drop (?:column|constraint) .*|alter (?:column )?\\w+ (?:set default .*|drop default|drop not null)"
                    + "|validate constraint .*|(?:re)?set \\(.*\\)"
                    + "|add constraint \\w+ (?:check|foreign key) .* not valid"
                    + "|add constraint \\w+ (?:unique|primary key) using index \\w+)$");
    private static final Pattern SET_NOT_NULL = Pattern.compile("^alter (?:column )?(\\w+) set not null$");
    private static final Pattern ADDED_CONSTRAINT = Pattern.compile("^add constraint (\\w+) .*");
    private static final Pattern VALIDATED = Pattern.compile("^validate constraint (\\w+)$");

    private static final Pattern TRIGGER =
            Pattern.compile("^(?:create (?:or replace )?(?:constraint )?|drop )trigger .*? on (?:only )?(\\w+)");
    private static final Pattern POLICY = Pattern.compile("^(?:create|alter|drop) policy .*? on (\\w+)");
    private static final Pattern DROP_TABLES =
            Pattern.compile("^drop table (?:if exists )?(.+?)(?: cascade| restrict)?$");
    private static final Pattern REFERENCES = Pattern.compile("\\breferences (\\w+)");

    private MigrationRules() {}

    /**
     * What is wrong with a file.
     *
     * @param text its text
     * @param before the texts of the migrations before it
     */
    static List<String> violations(String text, List<String> before) {
        List<String> wrong = new ArrayList<>();
        List<String> statements = statements(text);
        Set<String> created = new HashSet<>();
        Set<String> added = new HashSet<>();
        if (statements.stream().anyMatch(MigrationRules::isConcurrent)) {
            // Flyway runs it outside of a transaction.
            concurrently(statements, wrong);
            return wrong;
        }
        for (String statement : statements) {
            createdTable(statement).ifPresent(created::add);
            Matcher index = INDEX.matcher(statement);
            Matcher alter = ALTER.matcher(statement);
            if (LIMIT.matcher(statement).find()) {
                wrong.add("changes the limits that every migration is given: " + statement);
            } else if (FORBIDDEN.matcher(statement).matches()) {
                wrong.add("may lock a table for long: " + statement);
            } else if (index.find()) {
                if (!created.contains(index.group(3))) {
                    wrong.add("locks out writers until it is built; concurrently does not: " + statement);
                }
            } else if (DROP_INDEX.matcher(statement).find()) {
                wrong.add("drop it concurrently: " + statement);
            } else if (alter.matches() && !created.contains(alter.group(1))) {
                actions(alter.group(2)).forEach(action -> {
                    group(ADDED_CONSTRAINT, action).ifPresent(added::add);
                    String why = refusal(action, added, before);
                    if (why != null) {
                        wrong.add(why + ": " + action);
                    }
                });
            } else if (!statement.startsWith("create")
                    && CHANGE_ROWS.matcher(statement).results().anyMatch(change -> !created.contains(change.group(1)))
                    && !statement.startsWith("revoke")
                    && !statement.startsWith("grant")
                    && !statement.contains(" limit ")) {
                wrong.add("changes rows without a bound: " + statement);
            }
        }
        return wrong;
    }

    /**
     * The tables in use that a file locks until its transaction ends, against those who write to them or change their rows.
     * Whoever locks two of them waits for one while it has the other, as consumers do in an order of their own: that is a
     * deadlock. A file that locks one waits, and nobody waits for it but for that table.
     */
    static Set<String> lockedTables(String text) {
        Set<String> locked = new TreeSet<>();
        Set<String> created = new HashSet<>();
        for (String statement : statements(text)) {
            createdTable(statement).ifPresent(created::add);
            if (isConcurrent(statement)
                    || statement.startsWith("create function")
                    || statement.startsWith("create or replace function")) {
                continue;
            }
            group(ALTER, statement).ifPresent(locked::add);
            group(TRIGGER, statement).ifPresent(locked::add);
            group(POLICY, statement).ifPresent(locked::add);
            group(DROP_TABLES, statement).ifPresent(tables -> locked.addAll(List.of(tables.split(" ?, ?"))));
            Matcher index = INDEX.matcher(statement);
            if (index.find()) {
                locked.add(index.group(3));
            }
            if (statement.matches("(?:create|alter) .*")) {
                REFERENCES.matcher(statement).results().forEach(it -> locked.add(it.group(1)));
            } else if (!statement.matches("(?:revoke|grant) .*")) {
                CHANGE_ROWS.matcher(statement).results().forEach(it -> locked.add(it.group(1)));
            }
        }
        locked.removeAll(created);
        return locked;
    }

    private static boolean isConcurrent(String statement) {
        return statement.matches("(?:create(?: unique)?|drop) index concurrently .*");
    }

    private static void concurrently(List<String> statements, List<String> wrong) {
        Set<String> dropped = new HashSet<>();
        for (String statement : statements) {
            Matcher index = INDEX.matcher(statement);
            Matcher drop = DROP_INDEX.matcher(statement);
            if (drop.find() && drop.group(1) != null && statement.contains(" if exists ")) {
                dropped.add(drop.group(2));
            } else if (!index.find() || index.group(1) == null) {
                wrong.add("is not done concurrently: " + statement);
            } else if (!dropped.contains(index.group(2))) {
                wrong.add("a failed build leaves an invalid index: drop it concurrently if it exists, first: "
                        + statement);
            }
        }
    }

    private static @Nullable String refusal(String action, Set<String> added, List<String> before) {
        Matcher validated = VALIDATED.matcher(action);
        if (validated.matches() && added.contains(validated.group(1))) {
            return "reads the table under the lock of the addition; validate in a file of its own";
        }
        if (BRIEF_ACTION.matcher(action).matches()) {
            return null;
        }
        Matcher notNull = SET_NOT_NULL.matcher(action);
        if (notNull.matches()) {
            String check = "check (" + notNull.group(1) + " is not null)";
            boolean checked =
                    before.stream().flatMap(text -> statements(text).stream()).anyMatch(it -> it.contains(check));
            return checked ? null : "reads the table; validate " + check + " before";
        }
        if (ADD_COLUMN.matcher(action).matches() && !action.startsWith("add constraint")) {
            boolean brief = !action.matches(".*\\b(generated|primary key|unique|references|check)\\b.*")
                    && (action.contains(" default ")
                            ? CONSTANT_DEFAULT.matcher(action).find()
                            : !action.contains(" not null"));
            return brief ? null : "rewrites or reads the table, or fails where it has rows";
        }
        return "is not known to be brief";
    }

    static Optional<String> createdTable(String statement) {
        return group(CREATED, statement);
    }

    private static Optional<String> group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** In lower case, without comments, with single spaces; bodies of functions stay whole. */
    static List<String> statements(String text) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        String[] parts = COMMENT.matcher(text).replaceAll(" ").split("\\$\\$", -1);
        for (int part = 0; part < parts.length; part++) {
            // Every second part is within dollar quotes.
            String[] pieces = part % 2 == 1 ? new String[] {" $$" + parts[part] + "$$ "} : parts[part].split(";", -1);
            statement.append(pieces[0]);
            for (int i = 1; i < pieces.length; i++) {
                statements.add(statement.toString());
                statement.setLength(0);
                statement.append(pieces[i]);
            }
        }
        statements.add(statement.toString());
        return statements.stream()
                .map(MigrationRules::normal)
                .filter(it -> !it.isEmpty())
                .toList();
    }

    private static String normal(String statement) {
        return statement.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    }

    /** Those of an alter table, between commas that are not in parentheses. */
    static Stream<String> actions(String actions) {
        List<String> found = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < actions.length(); i++) {
            char c = actions.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                found.add(actions.substring(from, i).strip());
                from = i + 1;
            }
        }
        found.add(actions.substring(from).strip());
        return found.stream();
    }
}
