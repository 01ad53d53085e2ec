package dev.holdfast.access;

/** Nobody can tell whether a token is good, as the keys of its issuer could not be read yet. */
public final class KeysUnavailableException extends Exception {
    public static final String TEXT = "The keys of the identity provider could not be read yet";
    private static final long serialVersionUID = 1;

    KeysUnavailableException() {
        super(TEXT, null, false, false);
    }
}
