package dev.holdfast.rest;

import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Trouble of the database that passes by itself: the answer is 503 with {@code Retry-After}, and the transaction was
 * rolled back or, where the connection broke during the commit, is safe to repeat, as every call is idempotent or
 * takes an {@code Idempotency-Key}.
 */
final class DatabaseProblems {
    /** More causes than this are a loop. */
    private static final int CAUSES_MAX = 20;

    private DatabaseProblems() {}

    /** A 503, or null where the failure is no passing trouble of the database. */
    static @Nullable Problem explain(Throwable failure) {
        return passes(failure, 0)
                ? Problem.retryLater(
                        503,
                        "overloaded",
                        "The database is busy or not to be reached at the moment; try again.",
                        Duration.ofSeconds(1))
                : null;
    }

    /** The transaction manager reports why a commit failed among the suppressed. */
    private static boolean passes(@Nullable Throwable failure, int depth) {
        if (failure == null || depth > CAUSES_MAX) {
            return false;
        }
        if (failure instanceof SQLException sql && passes(sql)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (passes(suppressed, depth + 1)) {
                return true;
            }
        }
        return passes(failure.getCause(), depth + 1);
    }

    /** SQLSTATE classes of PostgreSQL, Appendix A; the pool's acquisition timeout comes without a state. */
    private static boolean passes(SQLException trouble) {
        String state = trouble.getSQLState();
        return state == null
                || state.startsWith("08") // the connection
                || state.startsWith("40") // deadlock, serialization
                || state.startsWith("53") // too many connections, disk full
                || state.startsWith("57") // statement timeout, shutdown
                || state.startsWith("58") // the system below
                || state.equals("55P03"); // lock timeout
    }
}
