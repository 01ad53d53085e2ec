package dev.holdfast.rest.access;

/** The header by which an act of operations says who does it, where nobody is authenticated. */
public final class ClaimedOperator {
    public static final String HEADER = "X-Operator";

    public static final String DESCRIPTION =
            "Who acts, for the audit, where nobody is authenticated: up to 64 letters, digits and . _ @ + -. A token decides"
                    + " alone";

    private ClaimedOperator() {}
}
