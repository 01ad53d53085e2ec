package dev.holdfast.access;

import org.jspecify.annotations.Nullable;

/** A token that proves nothing. */
public final class InvalidTokenException extends Exception {
    private static final long serialVersionUID = 1;

    /** What is wrong with it; the texts are for whoever sent it, and give away nothing else. */
    public enum Reason {
        MALFORMED("It is not a signed JSON Web Token"),
        EXPIRED("It has expired"),
        NOT_YET_VALID("It is not valid yet"),
        WRONG_ISSUER("It comes from an issuer that is not trusted here"),
        WRONG_AUDIENCE("It was given for another audience"),
        WRONG_TYPE("It was given for another purpose"),
        WRONG_ALGORITHM("It is signed by an algorithm that is not taken"),
        INCOMPLETE("It lacks sub or exp, or they are not what they should be"),
        UNKNOWN_KEY("It is signed by a key that is not known here, or was changed afterwards"),
        WRONG_SIGNATURE("Its signature is wrong");

        final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private final Reason reason;

    InvalidTokenException(Reason reason, @Nullable Throwable cause) {
        // Whoever sends many of them must not make us walk stacks.
        super(reason.text, cause, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
