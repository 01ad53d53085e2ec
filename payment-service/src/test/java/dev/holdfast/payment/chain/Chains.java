package dev.holdfast.payment.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;

/** Looks at chains as the database alone has them. */
@Singleton
public class Chains {
    private final Database database;

    Chains(Database database) {
        this.database = database;
    }

    /** Invariant I9 of these accounts: without a gap, each hash and sum is what the rows give, up to the head. */
    public void assertWhole(List<UUID> users) {
        List<String> wrong = database.query(
                """
                with line as (
                    select transfer.*, account_of(debit_account, credit_account) as owner,
                           row_number() over chain as number,
                           sum(case when account_of(debit_account, credit_account) = credit_account
                                    then amount else -amount end) over chain as sum,
                           lag(hash, 1, '') over chain as previous,
                           lag(created_at, 1, '-infinity') over chain as earlier
                      from transfer
                     where account_of(debit_account, credit_account) = any(?)
                    window chain as (partition by account_of(debit_account, credit_account) order by version))
                select 'transfer ' || id || ' of ' || owner || ', version ' || coalesce(version::text, 'null') as line
                  from line
                 where version is distinct from number or balance_after <> sum or created_at <= earlier
                    or hash <> transfer_hash(previous, id, kind, debit_account, credit_account, amount, order_id, refund_id, version,
                                             balance_after, created_at, actor, actor_digest)
                union all
                select 'account ' || user_id || ', version ' || coalesce(account.version::text, 'null')
                  from account
                  left join lateral (select * from line where owner = user_id order by version desc limit 1) as newest
                    on true
                 where user_id = any(?)
                   and (coalesce(account.version, 0) <> coalesce(newest.version, 0)
                        or account.head is distinct from newest.hash or booked is distinct from newest.balance_after
                        or booked_at is distinct from newest.created_at)
                """, row -> row.getString("line"), users.toArray(UUID[]::new), users.toArray(UUID[]::new));
        assertThat(wrong).as("what is not in its chain").isEmpty();
    }
}
