package dev.holdfast.faults.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks through logs for what must never be in one. */
final class LoggedSecrets {
    /** A token is three parts of base64url (RFC 7515), of which the first is that of a JSON object. */
    private static final Pattern TOKEN_OR_KEY = Pattern.compile("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]|PRIVATE KEY");

    private LoggedSecrets() {}

    /** The lines with one of these passwords, with a token or a private key, and the log of each. */
    static List<String> in(Path logs, List<String> passwords) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.filter(Files::isRegularFile).toList()) {
                try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                    lines.filter(line -> TOKEN_OR_KEY.matcher(line).find()
                                    || passwords.stream().anyMatch(line::contains))
                            .map(line -> log.getFileName() + ": " + line)
                            .forEach(found::add);
                }
            }
        }
        return found;
    }
}
