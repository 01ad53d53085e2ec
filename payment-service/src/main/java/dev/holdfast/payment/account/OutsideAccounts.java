package dev.holdfast.payment.account;

import java.util.UUID;

/**
 * The two accounts that stand for the world outside, so that every transfer has two ends. They have no row and no
 * running balance: every payment would wait for it.
 */
public final class OutsideAccounts {
    /** Where deposited money comes from, and withdrawn money goes back to. */
    public static final UUID FUNDING = UUID.fromString("00000000-0000-0000-0000-000000000001");
    /** Where captured money goes, and refunded money comes back from. */
    public static final UUID REVENUE = UUID.fromString("00000000-0000-0000-0000-000000000002");

    private OutsideAccounts() {}

    /** Whether the id is taken by an outside account, and so cannot be a user's. */
    public static boolean contains(UUID id) {
        return id.equals(FUNDING) || id.equals(REVENUE);
    }
}
