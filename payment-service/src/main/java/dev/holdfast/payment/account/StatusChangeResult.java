package dev.holdfast.payment.account;

import dev.holdfast.payment.AccountRefusals;
import org.jspecify.annotations.Nullable;

/** What came of freezing, unfreezing or closing an account. */
public sealed interface StatusChangeResult {
    /** The account has the status: now, or since before. */
    record Changed(AccountView account) implements StatusChangeResult {}

    enum NotChanged implements StatusChangeResult {
        ACCOUNT_NOT_FOUND("account_not_found"),
        /** Closed for good. */
        ACCOUNT_CLOSED(AccountRefusals.CLOSED),
        /** It has money, or some is held. */
        ACCOUNT_NOT_EMPTY("account_not_empty"),
        /** Its status is one of a newer version of this service; a replica of that version can answer. */
        OF_NEWER_VERSION(null);

        private final @Nullable String code;

        NotChanged(@Nullable String code) {
            this.code = code;
        }

        /** The stable name on the wire, null where the request is to be sent again. */
        @Nullable
        String code() {
            return code;
        }
    }
}
