package dev.holdfast.delivery.database;

import java.sql.SQLException;

/** A statement failed; unchecked, so that it rolls the transaction back. */
public final class DatabaseException extends RuntimeException {
    public DatabaseException(String message, SQLException cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
