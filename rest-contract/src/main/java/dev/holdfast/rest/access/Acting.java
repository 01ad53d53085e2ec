package dev.holdfast.rest.access;

import dev.holdfast.access.Caller;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who acts, to be passed on to whatever does it, on any thread.
 *
 * @param subject the token's, or what the request claims where nobody is authenticated; null where it claims nothing
 * @param client see {@link Caller#client}
 * @param role the token's roles in the order of the alphabet, with commas between; null without a token
 * @param proven whether a token says so
 * @param traceId 32 hexadecimal digits, null where the request has no trace
 */
public record Acting(
        @Nullable String subject,
        @Nullable String client,
        @Nullable String role,
        boolean proven,
        @Nullable String traceId) {
    private static final int CHARACTERS_MAX = 255;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}");

    /**
     * A token decides alone.
     *
     * @param claim who the request says it is from: no proof, and only kept where it is a plain name
     */
    static Acting of(@Nullable Principal principal, @Nullable String claim, @Nullable String traceId) {
        if (principal instanceof CallerPrincipal(Caller caller)) {
            return new Acting(
                    storable(caller.subject()), storable(caller.client()), roles(caller.roles()), true, traceId);
        }
        String name = claim != null && PLAIN_NAME.matcher(claim).matches() ? claim : null;
        return new Acting(name, null, null, false, traceId);
    }

    private static String roles(Set<String> roles) {
        return String.join(",", new TreeSet<>(roles));
    }

    /** PostgreSQL keeps neither U+0000 nor halves of surrogate pairs. */
    private static @Nullable String storable(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String start =
                text.substring(0, Math.min(text.length(), CHARACTERS_MAX)).replace('\0', '?');
        return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
