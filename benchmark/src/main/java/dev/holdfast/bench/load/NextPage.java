package dev.holdfast.bench.load;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of the next page, as a Link header (RFC 8288) tells it. */
public final class NextPage {
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"next\"");

    private NextPage() {}

    /** Empty where the header has none. */
    public static Optional<String> in(String link) {
        Matcher next = NEXT.matcher(link);
        return next.find() ? Optional.of(next.group(1)) : Optional.empty();
    }
}
