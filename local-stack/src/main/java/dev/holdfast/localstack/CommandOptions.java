package dev.holdfast.localstack;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options that a command of {@code ./holdfast} was given, each at most once. What is refused is thrown as an
 * {@link IllegalArgumentException} whose message is for the user: it names the option and its wrong value.
 */
public final class CommandOptions {
    private final String command;
    private final Map<String, String> given;

    private CommandOptions(String command, Map<String, String> given) {
        this.command = command;
        this.given = given;
    }

    /**
     * @param withValue the options that need a value
     * @param flags those that take none
     */
    public static CommandOptions parse(
            String command, Set<String> withValue, Set<String> flags, List<String> arguments) {
        CommandOptions options = new CommandOptions(command, new HashMap<>());
        Deque<String> open = new ArrayDeque<>(arguments);
        while (!open.isEmpty()) {
            String option = open.pop();
            if (!flags.contains(option) && !withValue.contains(option)) {
                throw options.refused("there is no option " + option);
            }
            if (withValue.contains(option)
                    && (open.isEmpty() || open.peek().isEmpty() || open.peek().startsWith("--"))) {
                throw options.refused(option + " needs a value");
            }
            if (options.given.put(option, flags.contains(option) ? "" : open.pop()) != null) {
                throw options.refused(option + " is given twice");
            }
        }
        return options;
    }

    public boolean has(String option) {
        return given.containsKey(option);
    }

    /** Those that were given. */
    public Set<String> names() {
        return given.keySet();
    }

    /** Null where it was not given. */
    public @Nullable String value(String option) {
        return given.get(option);
    }

    /** @param usual where it was not given */
    public int whole(String option, int least, int most, int usual) {
        String value = value(option);
        if (value == null) {
            return usual;
        }
        if (value.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw refused("%s takes a whole number from %d to %d, not %s".formatted(option, least, most, value));
    }

    /** A file that can be written. Looked at now, so that no long run is in vain. Null where it was not given. */
    public @Nullable Path file(String option) {
        String value = value(option);
        if (value == null) {
            return null;
        }
        try {
            Path file = Path.of(value).toAbsolutePath();
            Path folder = file.getParent();
            if (folder != null && Files.isWritable(folder) && !Files.isDirectory(file)) {
                return file;
            }
        } catch (InvalidPathException notAPath) {
            // Said below, as for a file that cannot be written.
        }
        throw refused(option + " takes a file in a folder that can be written to, not " + value);
    }

    /** To be thrown. */
    public IllegalArgumentException refused(String why) {
        return new IllegalArgumentException(command + ": " + why + "\nSee ./holdfast " + command + " --help");
    }
}
