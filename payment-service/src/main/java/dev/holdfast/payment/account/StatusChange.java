package dev.holdfast.payment.account;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.payment.AccountStatus;
import java.util.Set;
import java.util.UUID;

/** What an operator can make of an account; {@link AccountStatus} has the table. */
public enum StatusChange {
    FREEZE(Set.of(AccountStatus.OPEN), AccountStatus.FROZEN),
    UNFREEZE(Set.of(AccountStatus.FROZEN), AccountStatus.OPEN),
    CLOSE(Set.of(AccountStatus.OPEN, AccountStatus.FROZEN), AccountStatus.CLOSED);

    private final Set<AccountStatus> from;
    private final AccountStatus to;

    StatusChange(Set<AccountStatus> from, AccountStatus to) {
        this.from = from;
        this.to = to;
    }

    boolean isPossibleFrom(AccountStatus status) {
        return from.contains(status);
    }

    AccountStatus to() {
        return to;
    }

    /** What the audit says of it. */
    Act act(UUID userId, String reason) {
        return new Act(name().toLowerCase(java.util.Locale.ROOT), "account", userId).with("reason", reason);
    }
}
