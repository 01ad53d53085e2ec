package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The transfers of an account, newest first. */
@ApplicationScoped
public class Statements {
    // Each half is read from its own index in the order of the answer, so that a page costs the same at any depth.
    private static final String PAGE = """
            (select id, kind, amount, order_id, created_at from transfer
              where debit_account = ? and kind = 'CAPTURE' and (created_at, id) < (?, ?)
              order by created_at desc, id desc limit ?)
            union all
            (select id, kind, amount, order_id, created_at from transfer
              where credit_account = ? and kind in ('DEPOSIT', 'REFUND') and (created_at, id) < (?, ?)
              order by created_at desc, id desc limit ?)
            order by created_at desc, id desc limit ?
            """;
    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));

    private final Database database;

    Statements(Database database) {
        this.database = database;
    }

    /** A page of the statement, from the newest or from behind the cursor; empty where there is no such account. */
    public Optional<Page<TransferView>> page(UUID userId, PageLimit limit, @Nullable Cursor cursor) {
        Cursor from = cursor == null ? NEWEST : cursor;
        int rows = limit.rows() + 1;
        List<TransferView> read = database.query(
                PAGE,
                row -> new TransferView(
                        Database.uuid(row, "id"),
                        TransferKind.of(row.getString("kind")),
                        row.getBigDecimal("amount"),
                        row.getObject("order_id", UUID.class),
                        Database.instant(row, "created_at")),
                userId,
                from.at(),
                from.id(),
                rows,
                userId,
                from.at(),
                from.id(),
                rows,
                rows);
        if (read.isEmpty() && !accountExists(userId)) {
            return Optional.empty();
        }
        return Optional.of(Page.of(read, limit, line -> new Cursor(line.createdAt(), line.id())));
    }

    private boolean accountExists(UUID userId) {
        return database.first("select 1 from account where user_id = ?", row -> row.getInt(1), userId)
                .isPresent();
    }
}
