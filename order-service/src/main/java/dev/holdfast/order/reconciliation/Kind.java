package dev.holdfast.order.reconciliation;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is wrong. The names are stable: they are stored, shown and tags of metrics. */
@RegisterForReflection
public enum Kind {
    /** The order is FINISHED, and no money was captured for it. */
    FINISHED_WITHOUT_CAPTURE,
    /** The order is FINISHED, and more of its money was given back than its refunds say. */
    FINISHED_WITH_REFUND,
    /** The order is FINISHED, and less of its money was given back than its refunds that are DONE say. */
    REFUND_NOT_BOOKED,
    /** Money was captured for the order more than once. */
    CAPTURED_TWICE,
    /** Money was given back for the order that was never captured. */
    REFUND_WITHOUT_CAPTURE,
    /** What is held, captured or refunded is not the order's amount. */
    AMOUNT_DIFFERS,
    /** What is held, captured or refunded is of another user than the order. */
    USER_DIFFERS,
    /** The order is CANCELLED, and its captured money was not given back. */
    CANCELLED_BUT_CAPTURED,
    /** Money was captured for an order that does not exist, and was not given back. */
    CAPTURE_WITHOUT_ORDER,
    /** The order is terminal, and money is still held for it. */
    HOLD_OF_TERMINAL_ORDER,
    /** Money is held for an order that does not exist, and the hold's time is over. */
    HOLD_WITHOUT_ORDER,
    /** A hold is HELD although its time is over, and was not swept. */
    HOLD_PAST_EXPIRY,
    /** The hold is CAPTURED without a transfer, or there is the transfer and the hold is not CAPTURED. */
    HOLD_AND_CAPTURE_DIFFER,
    /** The order is NEW for so long that payments should have answered. */
    ORDER_NEW_TOO_LONG,
    /** The order is AUTHORIZED, though its time was over long ago. */
    ORDER_AUTHORIZED_TOO_LONG,
    /** The order is AUTHORIZED, nobody has asked to capture it, and its money is captured. */
    AUTHORIZED_BUT_CAPTURED,
    /** The account's balance is not the sum of its transfers. */
    ACCOUNT_BALANCE_DIFFERS,
    /** What the account says is held is not the sum of its open holds. */
    ACCOUNT_HELD_DIFFERS,
    /** A transfer is not what was written: somebody has changed it beside payments. */
    TRANSFER_EDITED,
    /** Transfers are missing between others of the account. */
    TRANSFER_DELETED,
    /** A transfer stands outside of its account's numbers. */
    TRANSFER_INSERTED,
    /** The newest transfers of the account are missing. */
    TRANSFERS_CUT_OFF,
    /** The account's number, sum or hash is not that of its newest transfer. */
    CHAIN_HEAD_CHANGED,
    /** A seal is not what the transfers give. It is of no account. */
    SEAL_BROKEN;

    private static final Set<Kind> OF_ACCOUNTS = EnumSet.range(ACCOUNT_BALANCE_DIFFERS, SEAL_BROKEN);

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of one of the kinds above; for others it throws. */
    static Kind of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }

    /** The same as payments names it; empty for what only a newer version of payments knows. */
    static Optional<Kind> ofPayments(String name) {
        return OF_ACCOUNTS.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** Whether it is about a user's account, or all of them, rather than an order. */
    boolean isOfAccount() {
        return OF_ACCOUNTS.contains(this);
    }
}
