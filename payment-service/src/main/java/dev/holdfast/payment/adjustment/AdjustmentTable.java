package dev.holdfast.payment.adjustment;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.JsonLength;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Proposals as rows: they are added, decided once, and kept. */
@ApplicationScoped
class AdjustmentTable {
    // A request with the same key that is under way is waited for.
    private static final String PROPOSE = """
            insert into adjustment
                (user_id, change, books_only, reason, proposed_by, proposed_at, expires_at, idempotency_key)
            select user_id, ?, ?, ?, ?, statement_timestamp(), statement_timestamp() + ? * interval '1 millisecond', ?
              from account where user_id = ? and (status <> 'CLOSED' or ?)
            on conflict (user_id, idempotency_key) where idempotency_key is not null do nothing
            returning
            """ + Adjustment.COLUMNS;
    private static final String REJECT = """
            update adjustment
               set status = 'REJECTED', decided_by = ?, decided_at = statement_timestamp(), decision_reason = ?
             where id = ? and status = 'PENDING' and expires_at > statement_timestamp()
            returning
            """ + Adjustment.COLUMNS;
    private static final String SELECT = "select " + Adjustment.COLUMNS + " from adjustment where ";
    private static final String NEWEST_FIRST = " order by proposed_at desc, id desc limit ?";
    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));
    /** Of a proposal without its texts. */
    private static final int JSON_BYTES = 450;

    private final Database database;

    AdjustmentTable(Database database) {
        this.database = database;
    }

    /** Empty where the account is not there or closed, or the key was used before. */
    Optional<Adjustment> propose(Proposal proposal, String proposer, Duration expiry, @Nullable IdempotencyKey key) {
        return database.first(
                PROPOSE,
                Adjustment::read,
                proposal.change(),
                proposal.booksOnly(),
                proposal.reason(),
                proposer,
                expiry.toMillis(),
                new Database.Text(key == null ? null : key.value()),
                proposal.userId(),
                proposal.booksOnly());
    }

    Optional<Adjustment> find(UUID id) {
        return database.first(SELECT + "id = ?", Adjustment::read, id);
    }

    Optional<Adjustment> find(UUID userId, IdempotencyKey key) {
        return database.first(SELECT + "user_id = ? and idempotency_key = ?", Adjustment::read, userId, key.value());
    }

    /** Empty where it does not wait to be decided. */
    Optional<Adjustment> reject(UUID id, String operator, String reason) {
        return database.first(REJECT, Adjustment::read, operator, reason, id);
    }

    /** A page from the newest or from behind the cursor; what is null does not matter. */
    Page<Adjustment> page(
            @Nullable AdjustmentStatus status, @Nullable UUID userId, PageLimit limit, @Nullable Cursor cursor) {
        Cursor start = cursor == null ? NEWEST : cursor;
        StringBuilder sql = new StringBuilder(SELECT).append("(proposed_at, id) < (?, ?)");
        List<Object> parameters = new ArrayList<>(List.of(start.at(), start.id()));
        if (userId != null) {
            sql.append(" and user_id = ?");
            parameters.add(userId);
        }
        if (status != null) {
            sql.append(
                    switch (status) {
                        case PENDING -> " and status = 'PENDING' and expires_at > statement_timestamp()";
                        case EXPIRED -> " and status = 'PENDING' and expires_at <= statement_timestamp()";
                        case APPROVED -> " and status = 'APPROVED'";
                        case REJECTED -> " and status = 'REJECTED'";
                        case UNKNOWN -> " and status not in ('PENDING', 'APPROVED', 'REJECTED')";
                    });
        }
        parameters.add(limit.rows() + 1);
        return Page.of(
                database.query(sql.append(NEWEST_FIRST).toString(), Adjustment::read, parameters.toArray()),
                limit,
                AdjustmentTable::jsonLength,
                last -> new Cursor(last.proposedAt(), last.id()));
    }

    private static int jsonLength(Adjustment adjustment) {
        return JSON_BYTES
                + JsonLength.of(adjustment.reason())
                + JsonLength.of(adjustment.proposedBy())
                + JsonLength.of(adjustment.decidedBy())
                + JsonLength.of(adjustment.decisionReason());
    }
}
