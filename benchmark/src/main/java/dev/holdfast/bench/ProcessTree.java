package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process with all that it started, as Linux's /proc tells: PostgreSQL works in one backend per connection, so its
 * first process alone would show almost nothing.
 */
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    /** USER_HZ, which Linux fixes at 100 towards programs, whatever the kernel's own tick is. */
    private static final double TICKS_PER_SECOND = 100;
    /** Positions in /proc/pid/stat after the command's closing parenthesis. */
    private static final int PARENT = 1;

    private static final int USER_TIME = 11;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    private final long root;

    ProcessTree(long root) {
        this.root = root;
    }

    /** Whether this machine tells of its processes as Linux does. */
    static boolean isSupported() {
        return Files.isDirectory(PROC.resolve("self"));
    }

    /** CPU time of the process, of all below it, and of those below it that have ended. */
    double cpuSeconds() {
        Map<Long, List<String>> statistics = statistics();
        Map<Long, List<Long>> children = new HashMap<>();
        statistics.forEach((pid, fields) -> children.merge(
                Long.parseLong(fields.get(PARENT)),
                List.of(pid),
                (known, more) -> Stream.concat(known.stream(), more.stream()).toList()));
        long ticks = 0;
        Deque<Long> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            long pid = open.pop();
            List<String> fields = statistics.get(pid);
            if (fields != null) {
                ticks += fields.subList(USER_TIME, CHILDREN_SYSTEM_TIME + 1).stream()
                        .mapToLong(Long::parseLong)
                        .sum();
                open.addAll(children.getOrDefault(pid, List.of()));
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Memory of the process itself that is in RAM now; 0 when it has ended. */
    long residentBytes() {
        return read(PROC.resolve(Long.toString(root)).resolve("status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private static Map<Long, List<String>> statistics() {
        Map<Long, List<String>> statistics = new HashMap<>();
        try (Stream<Path> processes = Files.list(PROC)) {
            for (Path process : (Iterable<Path>) processes::iterator) {
                String pid = process.getFileName().toString();
                if (pid.chars().allMatch(Character::isDigit)) {
                    read(process.resolve("stat"))
                            .ifPresent(stat -> statistics.put(
                                    Long.valueOf(pid),
                                    List.of(stat.substring(stat.lastIndexOf(')') + 2)
                                            .split(" "))));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return statistics;
    }

    /** Empty when the process has ended meanwhile. */
    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return Optional.empty();
            }
            throw new UncheckedIOException(e);
        }
    }
}
