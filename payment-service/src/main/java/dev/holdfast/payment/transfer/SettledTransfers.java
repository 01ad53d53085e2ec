package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows up to which id no transfer can appear any more. An id is made before its transaction commits, so a mark counts
 * only once every transaction that was there when the mark was made has ended. Locks nothing and waits for nobody: where
 * such a transaction still goes on, an earlier mark is told.
 */
@ApplicationScoped
public class SettledTransfers {
    // A statement before the next: a transfer with a smaller id has its transaction's number before ours is given out.
    private static final String MARK = "select uuidv7()";
    // Not the snapshot's xmax: transactions that are under way may be beyond it.
    private static final String TRANSACTIONS_BEFORE = "select cast(pg_current_xact_id() as text)";
    private static final String ENDED = "select pg_snapshot_xmin(pg_current_snapshot()) >= cast(? as xid8)";

    private record Candidate(UUID mark, String transaction) {}

    private final Database database;
    private @Nullable Candidate candidate;
    private @Nullable UUID settled;

    SettledTransfers(Database database) {
        this.database = database;
    }

    /** The latest mark that counts; empty before the first does. To be called outside of a transaction. */
    public synchronized Optional<UUID> mark() {
        settle();
        if (candidate == null) {
            candidate = new Candidate(one(MARK, UUID.class), one(TRANSACTIONS_BEFORE, String.class));
            settle();
        }
        return Optional.ofNullable(settled);
    }

    private void settle() {
        if (candidate != null && database.only(ENDED, row -> row.getBoolean(1), candidate.transaction)) {
            settled = candidate.mark;
            candidate = null;
        }
    }

    private <T> T one(String sql, Class<T> type) {
        return database.only(sql, row -> row.getObject(1, type));
    }
}
