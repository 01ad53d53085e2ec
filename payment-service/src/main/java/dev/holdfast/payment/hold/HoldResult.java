package dev.holdfast.payment.hold;

import dev.holdfast.delivery.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What came of asking for a hold. */
public sealed interface HoldResult {
    /** The money is reserved: now, or by an earlier request for the same. */
    record Held(Instant expiresAt) implements HoldResult {}

    /** Why nothing was reserved by this request. */
    enum NotHeld implements HoldResult {
        /** The account has less money free, also counting what expired holds still reserve. */
        INSUFFICIENT_FUNDS,
        ACCOUNT_NOT_FOUND,
        ACCOUNT_FROZEN,
        ACCOUNT_CLOSED,
        /** The order has a hold of another amount or user. */
        HOLD_CONFLICT,
        HOLD_CAPTURED,
        HOLD_RELEASED,
        /** Somebody keeps the account locked: nothing is known yet. */
        ACCOUNT_BUSY,
        /** A newer version of this service wrote what is there; a replica of that version can answer. */
        OF_NEWER_VERSION;

        /** Whether that is an answer; else the request is to be sent again. */
        boolean isDecided() {
            return this != ACCOUNT_BUSY && this != OF_NEWER_VERSION;
        }

        /** The stable name on the wire. */
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a statement says by its columns {@code outcome} and {@code expires_at}; empty where that is UNDECIDED. */
    static Optional<HoldResult> read(ResultSet row) throws SQLException {
        return switch (row.getString("outcome")) {
            case "HELD" -> Optional.of(new Held(Database.instant(row, "expires_at")));
            case "UNDECIDED" -> Optional.empty();
            case String reason -> Optional.of(NotHeld.valueOf(reason));
        };
    }
}
