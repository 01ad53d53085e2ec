package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.DatabaseException;
import dev.holdfast.payment.transfer.SettledTransfers;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Seals the transfers from time to time, beside those who pay: nothing is locked. */
@ApplicationScoped
public class Seals {
    private static final String SELECT = "select " + Seal.COLUMNS + " from seal";
    private static final String BY_NUMBER = SELECT + " where number = ?";
    private static final String NEWEST = SELECT + " order by number desc limit 1";
    private static final String PAGE = SELECT + " where number < ? order by number desc limit ?";
    private static final String IS_DUE =
            "select ?::timestamptz <= statement_timestamp() - ? * interval '1 millisecond'";
    private static final String ALL_NUMBERED = "select done from numbering_pass";
    private static final String SEAL = """
            insert into seal (number, last_transfer, transfers, digest) values (?, ?, ?, ?)
            on conflict do nothing returning
            """ + Seal.COLUMNS;

    private final Database database;
    private final SealedTransfers transfers;
    private final SettledTransfers settled;

    Seals(Database database, SealedTransfers transfers, SettledTransfers settled) {
        this.database = database;
        this.transfers = transfers;
        this.settled = settled;
    }

    /**
     * Seals what is new, where the last seal is so old. To be called outside of a transaction.
     *
     * @return empty where it is not due, nothing is new, another replica was first, or it did not go on
     * @throws DatabaseException where the database does not answer
     */
    Optional<Seal> sealNext(Duration interval, Pace pace) {
        Seal before = database.first(NEWEST, Seal::read).orElse(Seal.NONE);
        boolean due = database.only(IS_DUE, row -> row.getBoolean(1), before.sealedAt(), interval.toMillis());
        boolean numbered = due && database.only(ALL_NUMBERED, row -> row.getBoolean(1));
        UUID mark = numbered ? settled.mark().orElse(null) : null;
        if (mark == null) {
            return Optional.empty();
        }
        SealedTransfers.Sum sum = transfers.sum(before, mark, pace);
        if (sum == null || sum.transfers() == 0) {
            return Optional.empty();
        }
        return database.first(
                SEAL,
                Seal::read,
                before.number() + 1,
                mark,
                sum.transfers(),
                HexFormat.of().parseHex(sum.digest()));
    }

    Optional<Seal> find(long number) {
        return database.first(BY_NUMBER, Seal::read, number);
    }

    /** A page of the seals, from the newest or from behind the cursor. */
    Page<Seal> page(PageLimit limit, @Nullable Cursor cursor) {
        long before = cursor == null ? Long.MAX_VALUE : cursor.id().getLeastSignificantBits();
        List<Seal> read = database.query(PAGE, Seal::read, before, limit.rows() + 1);
        return Page.of(read, limit, seal -> new Cursor(seal.sealedAt(), new UUID(0, seal.number())));
    }
}
