package dev.holdfast.delivery.migration;

import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/** Gives each migration its time limits, and lets one that failed outside of a transaction be made again. */
final class MigrationCallback implements Callback {
    // Whoever waits for a lock on a table is waited for by all who come after: better to fail, and start once more.
    private static final String LIMITS = "set statement_timeout = 0; set lock_timeout = '2s'";
    // Outside of a transaction an index is built concurrently: it waits for transactions that run, and blocks none.
    private static final String NO_LIMITS = "set statement_timeout = 0; set lock_timeout = 0";
    // What is in a transaction is rolled back and leaves no such row. The others can be run again: see the decision.
    private static final String FORGET_FAILED = """
            do $$ begin
                if to_regclass('flyway_schema_history') is not null then
                    delete from flyway_schema_history where not success;
                end if;
            end $$
            """;

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_VALIDATE || event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try (Statement statement = context.getConnection().createStatement()) {
            if (event == Event.BEFORE_VALIDATE) {
                statement.execute(FORGET_FAILED);
            } else {
                statement.execute(context.getConnection().getAutoCommit() ? NO_LIMITS : LIMITS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("A migration could not be prepared", e);
        }
    }

    @Override
    public String getCallbackName() {
        return "holdfast";
    }
}
