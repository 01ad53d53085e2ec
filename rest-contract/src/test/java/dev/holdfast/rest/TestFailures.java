package dev.holdfast.rest;

import jakarta.inject.Singleton;
import java.sql.SQLException;

/** As a service with a database has one. */
@Singleton
final class TestFailures implements PassingFailures {
    @Override
    public boolean passes(Throwable failure) {
        return failure.getCause() instanceof SQLException
                || failure.getMessage().contains("acquisition");
    }
}
