package dev.holdfast.payment;

import dev.holdfast.rest.Problem;

/** What an account is not let do because of its {@link AccountStatus}. */
public final class AccountRefusals {
    public static final String FROZEN = "account_frozen";
    public static final String CLOSED = "account_closed";

    private AccountRefusals() {}

    public static Problem frozen() {
        return Problem.of(409, FROZEN, "The account is frozen: nothing can be ordered or withdrawn.");
    }

    public static Problem closed() {
        return Problem.of(409, CLOSED, "The account is closed.");
    }
}
