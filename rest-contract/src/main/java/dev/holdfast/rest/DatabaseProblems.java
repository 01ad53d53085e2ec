package dev.holdfast.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
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
    static @Nullable HttpProblem explain(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof SQLException sql && passes(sql)) {
                return Problem.retryLater(
                        503,
                        "overloaded",
                        "The database is busy or not to be reached at the moment; try again.",
                        Duration.ofSeconds(1));
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** SQLSTATE classes of PostgreSQL, Appendix A; the pool's acquisition timeout comes without a state. */
    private static boolean passes(SQLException trouble) {
        String state = trouble.getSQLState();
        return state == null
                || state.startsWith("08") // the connection
                || state.startsWith("40") // deadlock, serialization
                || state.startsWith("53") // too many connections, disk full
                || state.startsWith("57") // statement timeout, shutdown
                || state.equals("55P03"); // lock timeout
    }
}
