package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.access.Roles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** {@code ./holdfast token}: who wants to try the secured stack gets a token that it takes. */
final class TokenCommand {
    private static final String USAGE =
            "token needs one of --user ID, --backend NAME, --viewer NAME, --operator NAME, and may have --minutes N and --keys DIRECTORY";
    private static final int MINUTES_DEFAULT = 60;
    private static final int MINUTES_MAX = 7 * 24 * 60;

    private LocalKeys keys;

    TokenCommand(StackDirectory directory) {
        this.keys = LocalStack.leftBehindIn(directory.root()).keys();
    }

    /** @throws StackException where the options say nothing clear, or the stack was never secured */
    String run(List<String> options) {
        String role = "";
        String subject = "";
        int minutes = MINUTES_DEFAULT;
        if (options.size() % 2 != 0) {
            throw new StackException(USAGE);
        }
        for (int i = 0; i < options.size(); i += 2) {
            String value = options.get(i + 1);
            if (options.get(i).equals("--minutes")) {
                minutes = minutes(value);
            } else if (options.get(i).equals("--keys")) {
                keys = new LocalKeys(Path.of(value));
            } else if (role.isEmpty()) {
                role = role(options.get(i));
                subject = role.equals(Roles.CUSTOMER) ? userId(value) : value;
            } else {
                throw new StackException(USAGE);
            }
        }
        if (role.isEmpty() || subject.isBlank()) {
            throw new StackException(USAGE);
        }
        if (!keys.areThere()) {
            throw new StackException(
                    "there are no keys in %s: ./holdfast up --auth makes those of the local stack; those that ./holdfast keys made are used by --keys FOLDER"
                            .formatted(keys.directory()));
        }
        return ClientTokens.sign(keys.users(), role, subject, Duration.ofMinutes(minutes));
    }

    private static String role(String option) {
        return switch (option) {
            case "--user" -> Roles.CUSTOMER;
            case "--backend" -> Roles.BACKEND;
            case "--viewer" -> Roles.VIEWER;
            case "--operator" -> Roles.OPERATOR;
            default -> throw new StackException(USAGE);
        };
    }

    private static String userId(String value) {
        try {
            return UUID.fromString(value).toString();
        } catch (IllegalArgumentException e) {
            throw new StackException("--user needs a user's id, a UUID, and " + value + " is none");
        }
    }

    private static int minutes(String value) {
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MINUTES_MAX) {
            throw new StackException("--minutes needs a number from 1 to " + MINUTES_MAX);
        }
        return Integer.parseInt(value);
    }
}
