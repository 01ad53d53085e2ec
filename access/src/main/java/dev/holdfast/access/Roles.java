package dev.holdfast.access;

import java.util.Set;

/** What a caller is. The rules of the endpoints are sets of these. */
public final class Roles {
    /** The user whose id is the token's {@code sub}: reads and orders for itself alone. */
    public static final String CUSTOMER = "customer";
    /** The shop's own server: acts for any user, funds accounts. */
    public static final String BACKEND = "backend";
    /** Reads everything, also what is for operators. */
    public static final String VIEWER = "viewer";
    /** Whatever a backend and a viewer may, and the acts of operators. */
    public static final String OPERATOR = "operator";
    /** Another service of Holdfast. No token of the identity provider has this role, whatever it says. */
    public static final String SERVICE = "service";

    /** Those that the tokens of the identity provider can have. */
    static final Set<String> OF_USERS = Set.of(CUSTOMER, BACKEND, VIEWER, OPERATOR);

    private Roles() {}
}
