package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the Dockerfile says.
 *
 * @param stages the instructions of each stage, by its name, with {@code FROM} as the first
 */
record Dockerfile(Map<String, List<String>> stages) {
    private static final Pattern FROM = Pattern.compile("FROM \\S+ AS (\\S+)");

    static Dockerfile read() throws IOException {
        String text = Files.readString(Path.of("../Dockerfile"))
                .replaceAll("(?m)^#.*\\R", "")
                .replaceAll("\\\\\\R\\s*", "");
        return new Dockerfile(Stream.of(text.split("(?m)^(?=FROM )"))
                .filter(stage -> stage.startsWith("FROM "))
                .map(stage -> stage.lines().filter(line -> !line.isBlank()).toList())
                .collect(Collectors.toMap(stage -> name(stage.getFirst()), stage -> stage)));
    }

    private static String name(String from) {
        var matcher = FROM.matcher(from);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a stage without a name: " + from);
        }
        return matcher.group(1);
    }

    /** What follows each of these instructions in a stage; of {@code FROM} the image alone. */
    List<String> all(String stage, String instruction) {
        return stages.get(stage).stream()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1).replaceFirst(" AS \\S+$", ""))
                .toList();
    }

    /** @throws IllegalArgumentException where the stage has none of them, or several */
    String only(String stage, String instruction) {
        List<String> all = all(stage, instruction);
        if (all.size() != 1) {
            throw new IllegalArgumentException(stage + " has " + all.size() + " of " + instruction + ": " + all);
        }
        return all.getFirst();
    }

    /** The value that an argument of a stage has unless another is given. */
    String argument(String stage, String name) {
        return all(stage, "ARG").stream()
                .filter(it -> it.startsWith(name + "="))
                .map(it -> it.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
