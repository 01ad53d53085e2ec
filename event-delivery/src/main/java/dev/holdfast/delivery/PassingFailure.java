package dev.holdfast.delivery;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells failures that pass by themselves, such as a database that is away, from those that a message causes. */
public final class PassingFailure {
    /**
     * Classes of SQLSTATE (PostgreSQL, Appendix A): connection, transaction rollback such as a deadlock, insufficient
     * resources, operator intervention such as a shutdown, system error.
     */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    /** A standby that is not yet the primary. */
    private static final String READ_ONLY_TRANSACTION = "25006";

    private static final String STATEMENT_TIMEOUT = "57014";
    /** More causes than this, one within the other, are a loop. */
    private static final int DEPTH_MAX = 20;

    private PassingFailure() {}

    public static boolean is(Throwable failure) {
        return any(failure, PassingFailure::passes, 0);
    }

    /** Whether a row was locked for too long, so that a part of the batch may well succeed. */
    public static boolean isContention(Throwable failure) {
        return any(failure, PassingFailure::isContention, 0);
    }

    private static boolean passes(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                // The pool's own: no connection became free in time.
                || state == null
                || state.equals(LOCK_NOT_AVAILABLE)
                || state.equals(READ_ONLY_TRANSACTION)
                || (state.length() == 5 && CLASSES.contains(state.substring(0, 2)));
    }

    private static boolean isContention(SQLException failure) {
        String state = failure.getSQLState();
        return state != null
                && (state.equals(LOCK_NOT_AVAILABLE) || state.equals(STATEMENT_TIMEOUT) || state.startsWith("40"));
    }

    /** The transaction manager reports why a commit failed among the suppressed. */
    private static boolean any(@Nullable Throwable failure, Predicate<SQLException> test, int depth) {
        if (failure == null || depth > DEPTH_MAX) {
            return false;
        }
        if (failure instanceof SQLException sql && test.test(sql)) {
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
