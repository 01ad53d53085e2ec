package dev.holdfast.delivery.database;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Tells failures that pass by themselves, such as a database that is away, from those that a message or a request causes.
 * The one list of the system: consumers try again what is on it, and HTTP calls are answered with 503.
 */
public final class PassingFailure {
    /**
     * Classes of SQLSTATE (PostgreSQL, Appendix A): connection, rejected credentials (while they are rotated), transaction
     * rollback such as a deadlock, insufficient resources such as a full disk, operator intervention such as a shutdown or
     * a cancelled statement, system error.
     */
    private static final Set<String> CLASSES = Set.of("08", "28", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final Set<String> STATES = Set.of(
            LOCK_NOT_AVAILABLE,
            // Read-only: a standby that is not yet the primary, or a primary that is closed to writers.
            "25006",
            // idle_in_transaction_session_timeout and transaction_timeout: the process stood still within a
            // transaction.
            "25P03",
            "25P04",
            // A prepared statement that the server has forgotten, as behind a pooler that was restarted.
            "26000",
            // The database itself is missing, as while it is restored.
            "3D000",
            // A right is missing, which no data causes: an operator has to give it, as all statements are tested with
            // theirs.
            "42501");

    /** A plan from before a migration that changed its table's columns; the driver prepares it anew. */
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    private static final String STALE_PLAN = "RevalidateCachedQuery";

    private static final String STATEMENT_TIMEOUT = "57014";
    /** More causes than this, one within the other, are a loop. */
    private static final int DEPTH_MAX = 20;

    private PassingFailure() {}

    public static boolean is(Throwable failure) {
        return any(failure, PassingFailure::passes);
    }

    /** Whether a row was locked for too long. */
    public static boolean isLock(Throwable failure) {
        return anySql(failure, PassingFailure::isLock);
    }

    /** Whether a row was locked, or the statement took too long, so that a part of the batch may well succeed. */
    public static boolean isContention(Throwable failure) {
        return anySql(failure, sql -> isLock(sql) || STATEMENT_TIMEOUT.equals(sql.getSQLState()));
    }

    /** The pool interrupts an attempt to connect that it gives up, and may hit the next one. */
    private static boolean passes(Throwable failure) {
        return failure instanceof InterruptedException || failure instanceof SQLException sql && passes(sql);
    }

    private static boolean passes(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                // The pool's own: no connection became free in time.
                || state == null
                || STATES.contains(state)
                || isStalePlan(failure, state)
                || (state.length() == 5 && CLASSES.contains(state.substring(0, 2)));
    }

    private static boolean isStalePlan(SQLException failure, String state) {
        return state.equals(FEATURE_NOT_SUPPORTED)
                && failure instanceof PSQLException own
                && own.getServerErrorMessage() != null
                && STALE_PLAN.equals(own.getServerErrorMessage().getRoutine());
    }

    private static boolean isLock(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.equals(LOCK_NOT_AVAILABLE) || state.startsWith("40"));
    }

    private static boolean anySql(Throwable failure, Predicate<SQLException> test) {
        return any(failure, cause -> cause instanceof SQLException sql && test.test(sql));
    }

    private static boolean any(Throwable failure, Predicate<Throwable> test) {
        return any(failure, test, 0);
    }

    /** The transaction manager reports why a commit failed among the suppressed. */
    private static boolean any(@Nullable Throwable failure, Predicate<Throwable> test, int depth) {
        if (failure == null || depth > DEPTH_MAX) {
            return false;
        }
        if (test.test(failure)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (any(suppressed, test, depth + 1)) {
                return true;
            }
        }
        return any(failure.getCause(), test, depth + 1);
    }
}
