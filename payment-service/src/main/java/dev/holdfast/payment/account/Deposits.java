package dev.holdfast.payment.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.account.DepositResult.Deposited;
import dev.holdfast.payment.account.DepositResult.NotDeposited;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts money onto accounts. */
@ApplicationScoped
public class Deposits {
    // The sum is calculated without a limit, so that one beyond NUMERIC(18,2) is refused and not an error.
    private static final String DEPOSIT = """
            with credited as (
                update account set balance = balance + ?, updated_at = clock_timestamp()
                 where user_id = ? and balance + ? <= %s returning user_id)
            insert into transfer (debit_account, credit_account, amount, kind, actor, created_at)
            select ?, user_id, ?, 'DEPOSIT', ?, clock_timestamp() from credited
            returning id
            """.formatted(Money.MAX.toPlainString());

    private final Database database;
    private final Accounts accounts;
    private final IdempotencyKeys keys;
    private final Audit audit;
    private final ObjectMapper json;

    Deposits(Database database, Accounts accounts, IdempotencyKeys keys, Audit audit, ObjectMapper json) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        this.audit = audit;
        this.json = json;
    }

    /**
     * Deposits the amount: money, transfer, the answer to the key and the audit are one transaction. The audit has nothing of
     * a request that only gets the answer to an earlier one, or is to be sent again.
     *
     * @param key null where the client does not say whether two requests mean the same
     */
    @DatabaseBulkhead
    @Transactional
    public DepositResult deposit(UUID userId, BigDecimal amount, @Nullable IdempotencyKey key, Acting by) {
        DepositResult result = key == null ? deposit(userId, amount, by) : depositOnce(userId, amount, key, by);
        if (result instanceof NotDeposited reason && reason != NotDeposited.KEY_IN_PROGRESS) {
            audit.refused(by, act(userId, amount), reason.code());
        }
        return result;
    }

    private DepositResult depositOnce(UUID userId, BigDecimal amount, IdempotencyKey key, Acting by) {
        String fingerprint = amount.stripTrailingZeros().toPlainString();
        return keys.claim(userId, key, fingerprint).orElseGet(() -> {
            DepositResult result = deposit(userId, amount, by);
            if (result instanceof Deposited deposited) {
                keys.answer(userId, key, fingerprint, deposited.account());
            }
            return result;
        });
    }

    private DepositResult deposit(UUID userId, BigDecimal amount, Acting by) {
        Optional<UUID> transfer = database.first(
                DEPOSIT,
                row -> Database.uuid(row, "id"),
                amount,
                userId,
                amount,
                OutsideAccounts.FUNDING,
                amount,
                new Database.Text(by.subject()));
        transfer.ifPresent(id -> audit.done(by, act(userId, amount).with("transfer_id", id)));
        AccountView account = accounts.find(userId).orElse(null);
        if (account == null) {
            return NotDeposited.ACCOUNT_NOT_FOUND;
        }
        return transfer.isPresent() ? new Deposited(write(account), false) : NotDeposited.OVER_LIMIT;
    }

    private static Act act(UUID userId, BigDecimal amount) {
        return new Act("deposit", "account", userId).with("amount", Money.exact(amount));
    }

    private String write(AccountView account) {
        try {
            return json.writeValueAsString(account);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An account could not be written as JSON", impossible);
        }
    }
}
