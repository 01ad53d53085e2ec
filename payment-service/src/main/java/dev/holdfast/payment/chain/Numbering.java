package dev.holdfast.payment.chain;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.List;
import java.util.UUID;

/**
 * Numbers the transfers that were there before transfers had numbers, account by account, under the account's lock. New transfers of
 * an account get their numbers when all of its old ones have theirs.
 */
@ApplicationScoped
public class Numbering {
    /** What came of a batch. */
    public enum Batch {
        /** There is more to do. */
        ON,
        /** All accounts are numbered. */
        DONE,
        /** Another replica does it at this moment. */
        ELSEWHERE
    }

    /** Accounts looked at by one transaction at most; most of them are numbered by it, as they have few transfers. */
    private static final int ACCOUNTS_MAX = 200;

    private static final int TRANSFERS_MAX = 1_000;

    // Whoever has the row is the only one at it.
    private static final String PLACE =
            "select last_user, done from numbering_pass where only_row for update skip locked";
    private static final String NEXT =
            "select user_id, version is null as open from account where user_id > ? order by user_id limit ?";
    private static final String NUMBER = "select number_old_transfers(?, ?)";
    private static final String MOVE = "update numbering_pass set last_user = ?, done = ? where only_row";

    private record Place(UUID lastUser, boolean done) {}

    private record Candidate(UUID userId, boolean open) {}

    private final Database database;

    Numbering(Database database) {
        this.database = database;
    }

    /**
     * Numbers some more, in a transaction of its own.
     *
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody keeps an account locked; nothing was done
     */
    @Transactional(TxType.REQUIRES_NEW)
    public Batch next() {
        Place place = database.first(PLACE, row -> new Place(Database.uuid(row, "last_user"), row.getBoolean("done")))
                .orElse(null);
        if (place == null || place.done) {
            return place == null ? Batch.ELSEWHERE : Batch.DONE;
        }
        List<Candidate> accounts = database.query(
                NEXT,
                row -> new Candidate(Database.uuid(row, "user_id"), row.getBoolean("open")),
                place.lastUser,
                ACCOUNTS_MAX);
        UUID last = place.lastUser;
        int left = TRANSFERS_MAX;
        for (Candidate account : accounts) {
            if (account.open) {
                int rowsMax = left;
                int numbered = database.only(NUMBER, row -> row.getInt(1), account.userId, rowsMax);
                left -= numbered;
                if (numbered == rowsMax) {
                    // It may have more.
                    database.update(MOVE, last, false);
                    return Batch.ON;
                }
            }
            last = account.userId;
        }
        boolean done = accounts.size() < ACCOUNTS_MAX;
        database.update(MOVE, last, done);
        return done ? Batch.DONE : Batch.ON;
    }
}
