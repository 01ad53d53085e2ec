package dev.holdfast.payment.account;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.rest.DatabaseBulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.UUID;

/** Opens and shows accounts. */
@ApplicationScoped
public class Accounts {
    private static final String OPEN = """
            insert into account (user_id, created_at, updated_at) values (?, statement_timestamp(), statement_timestamp())
            on conflict do nothing returning created_at
            """;
    private static final String VIEW =
            "select userId, balance, heldNow, createdAt, updatedAt, status from Account where userId = ?1";
    private static final BigDecimal NOTHING = Money.exact(BigDecimal.ZERO);

    private final Database database;

    Accounts(Database database) {
        this.database = database;
    }

    /** Opens an empty account; empty where the user has one already. */
    public Optional<AccountView> open(UUID userId) {
        return database.first(OPEN, row -> Database.instant(row, "created_at"), userId)
                .map(now -> new AccountView(userId, NOTHING, NOTHING, now, now, AccountStatus.OPEN.name()));
    }

    /** For a request that asks for nothing else. */
    @DatabaseBulkhead
    public Optional<AccountView> show(UUID userId) {
        return find(userId);
    }

    public Optional<AccountView> find(UUID userId) {
        return Account.find(VIEW, userId).project(AccountView.class).singleResultOptional();
    }
}
