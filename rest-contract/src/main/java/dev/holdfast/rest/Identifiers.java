package dev.holdfast.rest;

import java.util.UUID;
import java.util.regex.Pattern;

/** Reads identifiers in their one canonical form, so that one thing never goes by two names. */
public final class Identifiers {
    private static final Pattern CANONICAL =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private Identifiers() {}

    /** {@link UUID#fromString} alone also takes {@code 1-1-1-1-1}; whatever is not canonical throws. */
    public static UUID uuid(String text) {
        if (!CANONICAL.matcher(text).matches()) {
            throw new IllegalArgumentException("not a canonical UUID");
        }
        return UUID.fromString(text);
    }
}
