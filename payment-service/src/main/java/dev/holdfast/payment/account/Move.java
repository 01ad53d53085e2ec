package dev.holdfast.payment.account;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.account.MoveResult.NotMoved;
import java.math.BigDecimal;
import java.util.UUID;

/**
 * Money that is to come onto an account from outside, or to go back.
 *
 * @param amount greater than zero, with two decimals at most
 */
record Move(Kind kind, UUID userId, BigDecimal amount) {
    enum Kind {
        // The version before withdrawals stored the amount alone, and so does a replica of it beside this one.
        DEPOSIT("deposit", "", NotMoved.OVER_LIMIT),
        WITHDRAWAL("withdraw", "withdraw ", NotMoved.INSUFFICIENT_FUNDS);

        private final String action;
        private final String fingerprintPrefix;
        private final NotMoved refusal;

        Kind(String action, String fingerprintPrefix, NotMoved refusal) {
            this.action = action;
            this.fingerprintPrefix = fingerprintPrefix;
            this.refusal = refusal;
        }
    }

    /** What must be the same in a repeated request. */
    String fingerprint() {
        return kind.fingerprintPrefix + amount.stripTrailingZeros().toPlainString();
    }

    /** What the audit says of it. */
    Act act() {
        return new Act(kind.action, "account", userId).with("amount", Money.exact(amount));
    }

    /** Why an account of this status does not let it happen. */
    NotMoved refusal(AccountStatus status) {
        return switch (status) {
            case OPEN -> kind.refusal;
            case FROZEN, UNKNOWN -> kind == Kind.WITHDRAWAL ? NotMoved.ACCOUNT_FROZEN : kind.refusal;
            case CLOSED -> NotMoved.ACCOUNT_CLOSED;
        };
    }
}
