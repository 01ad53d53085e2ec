package dev.holdfast.system.watching;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The programs of Debian's packages prometheus, prometheus-alertmanager and prometheus-postgres-exporter. */
public final class Programs {
    private Programs() {}

    public static Optional<Path> find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Its path; the test is skipped where it is not installed. */
    public static String require(String program) {
        Optional<Path> found = find(program);
        Assumptions.assumeTrue(
                found.isPresent(),
                program + " is not installed: apt-get install prometheus prometheus-alertmanager"
                        + " prometheus-postgres-exporter");
        return found.orElseThrow().toString();
    }

    /** Runs it to its end in that directory; returns what it printed, and throws where it fails. */
    public static String run(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " says: " + output);
        }
        return output;
    }

    /** Starts it; it ends with this JVM at the latest. */
    static Process start(Path log, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }
}
