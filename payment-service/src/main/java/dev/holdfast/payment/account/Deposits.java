package dev.holdfast.payment.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.account.DepositResult.Deposited;
import dev.holdfast.payment.account.DepositResult.NotDeposited;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
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
            insert into transfer (debit_account, credit_account, amount, kind, created_at)
            select ?, user_id, ?, 'DEPOSIT', clock_timestamp() from credited
            """.formatted(Money.MAX.toPlainString());

    private final Database database;
    private final Accounts accounts;
    private final IdempotencyKeys keys;
    private final ObjectMapper json;

    Deposits(Database database, Accounts accounts, IdempotencyKeys keys, ObjectMapper json) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        this.json = json;
    }

    /**
     * Deposits the amount: money, transfer and the answer to the key are one transaction.
     *
     * @param key null where the client does not say whether two requests mean the same
     */
    @DatabaseBulkhead
    @Transactional
    public DepositResult deposit(UUID userId, BigDecimal amount, @Nullable IdempotencyKey key) {
        if (key == null) {
            return deposit(userId, amount);
        }
        String fingerprint = amount.stripTrailingZeros().toPlainString();
        return keys.claim(userId, key, fingerprint).orElseGet(() -> {
            DepositResult result = deposit(userId, amount);
            if (result instanceof Deposited deposited) {
                keys.answer(userId, key, fingerprint, deposited.account());
            }
            return result;
        });
    }

    private DepositResult deposit(UUID userId, BigDecimal amount) {
        int deposited = database.update(DEPOSIT, amount, userId, amount, OutsideAccounts.FUNDING, amount);
        AccountView account = accounts.find(userId).orElse(null);
        if (account == null) {
            return NotDeposited.ACCOUNT_NOT_FOUND;
        }
        return deposited == 1 ? new Deposited(write(account), false) : NotDeposited.OVER_LIMIT;
    }

    private String write(AccountView account) {
        try {
            return json.writeValueAsString(account);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("An account could not be written as JSON", impossible);
        }
    }
}
