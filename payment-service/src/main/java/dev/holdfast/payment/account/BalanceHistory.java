package dev.holdfast.payment.account;

import java.time.Instant;
import java.util.UUID;

/** What accounts had in the past. */
public interface BalanceHistory {
    /** What is known of an account's past. */
    sealed interface Found {
        record Known(PastBalance then) implements Found {}

        enum Unknown implements Found {
            /** There was no account then. */
            NO_ACCOUNT,
            /** The moment is still to come. */
            FUTURE,
            /** The account has not had so many transfers. */
            NO_SUCH_VERSION,
            /** Its transfers from before this version of the service are being numbered. */
            NOT_NUMBERED
        }
    }

    /**
     * What the account had at the moment, by the database's clock.
     *
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody keeps the account locked, whose transfer may count
     */
    Found at(UUID userId, Instant moment);

    /** What the account had with the transfer of this number; 0 is before the first. */
    Found version(UUID userId, long version);
}
