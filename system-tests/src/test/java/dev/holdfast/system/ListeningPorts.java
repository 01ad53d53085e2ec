package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP ports on which a process listens, as Linux tells (proc(5)). */
final class ListeningPorts {
    /** Of IPv4, or of IPv6 as it holds one of IPv4. */
    static final String OF_LOOPBACK = "(?:0000000000000000FFFF0000)?0100007F:[0-9A-F]{4}";

    private static final String LISTEN = "0A";

    private ListeningPorts() {}

    /** Each as {@code address:port} in the kernel's hexadecimal digits. */
    static List<String> of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> sockets;
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            sockets = descriptors.map(ListeningPorts::target).collect(Collectors.toSet());
        }
        return Stream.of("tcp", "tcp6")
                .flatMap(protocol -> lines(process.resolve("net").resolve(protocol)))
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns[3].equals(LISTEN) && sockets.contains("socket:[" + columns[9] + "]"))
                .map(columns -> columns[1])
                .toList();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closed) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
