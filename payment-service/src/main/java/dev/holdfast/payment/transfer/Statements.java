package dev.holdfast.payment.transfer;

import dev.holdfast.payment.account.Account;
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
    // Each part is read from its own index in the order of the answer, so that a page costs the same at any depth.
    private static final String PAGE = """
            ((select id as id, kind, amount, orderId, createdAt as createdAt from Transfer
               where debitAccount = :user and kind = 'CAPTURE' and (createdAt, id) < (:fromTime, :fromId)
               order by createdAt desc, id desc limit :rows)
             union all
             (select id, kind, amount, orderId, createdAt from Transfer
               where debitAccount = :user and kind = 'WITHDRAWAL' and (createdAt, id) < (:fromTime, :fromId)
               order by createdAt desc, id desc limit :rows)
             union all
             (select id, kind, amount, orderId, createdAt from Transfer
               where creditAccount = :user and kind in ('DEPOSIT', 'REFUND') and (createdAt, id) < (:fromTime, :fromId)
               order by createdAt desc, id desc limit :rows)
             union all
             (select id, kind, amount, orderId, createdAt from Transfer
               where creditAccount = :user and kind = 'ADJUSTMENT' and (createdAt, id) < (:fromTime, :fromId)
               order by createdAt desc, id desc limit :rows)
             union all
             (select id, kind, amount, orderId, createdAt from Transfer
               where debitAccount = :user and kind = 'ADJUSTMENT' and (createdAt, id) < (:fromTime, :fromId)
               order by createdAt desc, id desc limit :rows))
            order by createdAt desc, id desc limit :rows
            """;
    private static final Cursor NEWEST = new Cursor(Instant.parse("9999-12-31T23:59:59Z"), new UUID(-1, -1));

    /** A page of the statement, from the newest or from behind the cursor; empty where there is no such account. */
    public Optional<Page<TransferView>> page(UUID userId, PageLimit limit, @Nullable Cursor cursor) {
        Cursor from = cursor == null ? NEWEST : cursor;
        List<TransferView> read = Transfer.getEntityManager()
                .createQuery(PAGE, TransferView.class)
                .setParameter("user", userId)
                .setParameter("fromTime", from.at())
                .setParameter("fromId", from.id())
                .setParameter("rows", limit.rows() + 1)
                .getResultList();
        if (read.isEmpty() && Account.count("userId", userId) == 0) {
            return Optional.empty();
        }
        return Optional.of(Page.of(read, limit, line -> new Cursor(line.createdAt(), line.id())));
    }
}
