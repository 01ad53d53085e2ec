package dev.holdfast.payment.account;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The accounts of all users, for who runs the shop, page by page. A page reads few rows more than it shows. */
@ApplicationScoped
class AllAccounts {
    /** A statement with its parameters. */
    record Query(String sql, List<Object> parameters) {}

    // As Account has it: a hold that has expired counts no more, swept or not. The comparison names the user once
    // more, so that a plan never takes the index of all holds by their expiry.
    private static final String ACCOUNTS = """
            select user_id, balance, created_at, updated_at, status,
                   held - coalesce((select sum(amount) from hold where hold.user_id = account.user_id
                                       and status = 'HELD'
                                       and (hold.user_id, expires_at) <= (account.user_id, statement_timestamp())), 0) as held
              from account
            """;
    private static final String BY_OPENING = ACCOUNTS
            + " where (created_at, user_id) < (?, ?) and created_at >= ? order by created_at desc, user_id desc limit ?";

    // From one user of open holds to the next, however many each has. What an account has held is in no index of its
    // own, since each order would write it.
    private static final String NEXT_WITH_HOLDS =
            " from hold where status = 'HELD' and expires_at > statement_timestamp()"
                    + " and hold.user_id %s order by hold.user_id limit 1";
    private static final String WITH_MONEY_HELD = "with recursive holder (user_id, place) as ((select user_id, 1"
            + NEXT_WITH_HOLDS + ") union all select (select hold.user_id"
            + NEXT_WITH_HOLDS.formatted("> holder.user_id")
            + "), place + 1 from holder where user_id is not null and place < ?) " + ACCOUNTS
            + " where user_id = any (array (select user_id from holder)) order by user_id";
    private static final UUID LOWEST = new UUID(0, 0);

    private final Database database;

    AllAccounts(Database database) {
        this.database = database;
    }

    /** A page of the accounts that were opened in this time, from the newest or from behind the cursor. */
    Page<AccountView> opened(TimeRange time, PageLimit limit, @Nullable Cursor cursor) {
        return page(queryOpened(time, limit, cursor), limit);
    }

    /** A page of the accounts that have money held now, by the users' ids. */
    Page<AccountView> withMoneyHeld(PageLimit limit, @Nullable Cursor cursor) {
        return page(queryWithMoneyHeld(limit, cursor), limit);
    }

    private Page<AccountView> page(Query query, PageLimit limit) {
        return Page.of(
                database.query(
                        query.sql(), AllAccounts::read, query.parameters().toArray()),
                limit,
                last -> new Cursor(last.createdAt(), last.userId()));
    }

    static Query queryOpened(TimeRange time, PageLimit limit, @Nullable Cursor cursor) {
        Cursor start = time.start(cursor);
        return new Query(BY_OPENING, List.of(start.at(), start.id(), time.from(), limit.rows() + 1));
    }

    static Query queryWithMoneyHeld(PageLimit limit, @Nullable Cursor cursor) {
        return new Query(
                WITH_MONEY_HELD.formatted(cursor == null ? ">= ?" : "> ?"),
                List.of(cursor == null ? LOWEST : cursor.id(), limit.rows() + 1));
    }

    private static AccountView read(ResultSet row) throws SQLException {
        return new AccountView(
                Database.uuid(row, "user_id"),
                row.getBigDecimal("balance"),
                row.getBigDecimal("held"),
                Database.instant(row, "created_at"),
                Database.instant(row, "updated_at"),
                row.getString("status"));
    }
}
