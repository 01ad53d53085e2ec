package dev.holdfast.delivery;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells failures that pass by themselves, such as a database that is away, from those that a message causes. */
final class PassingFailure {
    /**
     * Classes of SQLSTATE (PostgreSQL, Appendix A): connection, transaction rollback such as a deadlock, insufficient
     * resources, operator intervention such as a shutdown, system error.
     */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57", "58");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private PassingFailure() {}

    static boolean is(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && (hasPassingType(sql) || hasPassingState(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasPassingType(SQLException failure) {
        return failure instanceof SQLTransientException || failure instanceof SQLRecoverableException;
    }

    private static boolean hasPassingState(@Nullable String state) {
        return state != null
                && (state.equals(LOCK_NOT_AVAILABLE)
                        || (state.length() == 5 && CLASSES.contains(state.substring(0, 2))));
    }
}
