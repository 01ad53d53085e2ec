package dev.holdfast.payment.account;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Opens and shows accounts. */
@ApplicationScoped
public class Accounts {
    private static final String OPEN = """
            insert into account (user_id, created_at, updated_at) values (?, statement_timestamp(), statement_timestamp())
            on conflict do nothing returning user_id, balance, held, created_at, updated_at
            """;
    // One statement sees one moment: an account and its holds that fit together.
    private static final String FIND = """
            select user_id, balance, created_at, updated_at,
                   held - (select coalesce(sum(amount), 0) from hold
                            where hold.user_id = account.user_id and status = 'HELD' and expires_at <= statement_timestamp()) as held
              from account where user_id = ?
            """;

    private final Database database;

    Accounts(Database database) {
        this.database = database;
    }

    /** Opens an empty account; empty where the user has one already. */
    public Optional<AccountView> open(UUID userId) {
        return database.first(OPEN, Accounts::view, userId);
    }

    public Optional<AccountView> find(UUID userId) {
        return database.first(FIND, Accounts::view, userId);
    }

    private static AccountView view(ResultSet row) throws SQLException {
        BigDecimal balance = row.getBigDecimal("balance");
        BigDecimal held = row.getBigDecimal("held");
        return new AccountView(
                Database.uuid(row, "user_id"),
                balance,
                held,
                balance.subtract(held),
                Database.instant(row, "created_at"),
                Database.instant(row, "updated_at"));
    }
}
