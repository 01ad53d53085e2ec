package dev.holdfast.delivery.deadletter;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who acts, for the audit: what the header {@code X-Operator} says. It is no proof until callers are authenticated;
 * anything but a plain name is not kept.
 */
final class Operator {
    static final String HEADER = "X-Operator";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}");

    private Operator() {}

    static @Nullable String named(@Nullable String claim) {
        return claim != null && PLAIN.matcher(claim).matches() ? claim : null;
    }
}
