package dev.holdfast.delivery.erasure;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Erases the texts of one user in many short transactions, so that orders go on. Each does nothing to what is erased already:
 * after a crash, or where the time was too short, the same request goes on.
 */
@ApplicationScoped
public class Erasures {
    /** @param next where to go on, null where nothing is left */
    private record Step(long records, @Nullable Cursor next) {}

    private static final int BATCH_ROWS = 500;
    private static final Duration TIME_MAX = Duration.ofSeconds(8);
    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));
    // Each service's migrations make this function for its own tables.
    private static final String ERASE =
            "select erased, last_at, last_id from erase_texts_of_user(?, ?, ?, " + BATCH_ROWS + ")";
    private static final String ERASE_IN_AUDIT = "select erase_audit_texts_of_user(?, " + BATCH_ROWS + ")";

    private final Database database;
    private final Audit audit;

    Erasures(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * Erases what is there when it is called; what is written meanwhile may stay. The audit has the beginning and the end.
     *
     * @return how many records had texts; empty where the time was too short, and it is to be called again
     */
    @DatabaseBulkhead
    OptionalLong erase(UUID userId, String reason, Acting by) {
        long deadlineNanos = System.nanoTime() + TIME_MAX.toNanos();
        Act act = new Act("erase", "user", userId).with("reason", reason);
        inTransaction(() -> {
            audit.started(by, act);
            return 0;
        });
        long records = 0;
        Step step = new Step(0, NEWEST);
        for (@Nullable Cursor from = NEWEST; from != null; from = step.next()) {
            Cursor start = from;
            step = inTransaction(() -> database.only(ERASE, Erasures::step, userId, start.at(), start.id()));
            records += step.records();
            if (System.nanoTime() > deadlineNanos) {
                return OptionalLong.empty();
            }
        }
        int inAudit;
        do {
            inAudit = inTransaction(() -> database.only(ERASE_IN_AUDIT, row -> row.getInt(1), userId));
            records += inAudit;
            if (System.nanoTime() > deadlineNanos) {
                return OptionalLong.empty();
            }
        } while (inAudit == BATCH_ROWS);
        long erased = records;
        inTransaction(() -> {
            audit.done(by, act.with("records", erased));
            return 0;
        });
        return OptionalLong.of(erased);
    }

    private static Step step(ResultSet row) throws SQLException {
        Instant last = Database.instantOrNull(row, "last_at");
        return new Step(row.getLong("erased"), last == null ? null : new Cursor(last, Database.uuid(row, "last_id")));
    }

    private static <T> T inTransaction(Supplier<T> statements) {
        return QuarkusTransaction.requiringNew().call(statements::get);
    }
}
