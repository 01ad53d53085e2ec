package dev.holdfast.invariants;

import java.time.Duration;
import java.util.List;

/** What the payments database can show by itself. */
final class PaymentsRules {
    private static final String CHAIN = """
            with numbered as (
                select transfer.*, account_of(debit_account, credit_account) as owner from transfer
                where version is not null),
            line as (
                select *, row_number() over chain as number,
                       sum(case when owner = credit_account then amount else -amount end) over chain as sum,
                       lag(hash, 1, '') over chain as previous
                from numbered window chain as (partition by owner order by version))
            select id, owner, version, number, balance_after, sum
            from line
            where version <> number or balance_after <> sum
               or hash <> transfer_hash(previous, id, kind, debit_account, credit_account, amount, order_id, refund_id, version,
                                        balance_after, created_at, actor, actor_digest)""";

    private PaymentsRules() {}

    /** @param sweepGrace how long after its expiry a hold may still be HELD */
    static List<Rule> rules(Duration sweepGrace) {
        return List.of(
                new Rule("I1", "an account's balance is its credits minus its debits", """
                        with moved as (
                            select account, sum(amount) as net
                            from (select credit_account as account, amount from transfer
                                  union all
                                  select debit_account, -amount from transfer) as entries
                            group by account)
                        select user_id, balance, coalesce(net, 0) as credits_minus_debits
                        from account left join moved on moved.account = account.user_id
                        where balance <> coalesce(net, 0)"""),
                new Rule("I1", "an account's held money is at least 0 and at most its balance", """
                        select user_id, balance, held from account where held < 0 or held > balance"""),
                new Rule("I1", "an account's held money is the sum of its HELD holds", """
                        with reserved as (
                            select user_id, sum(amount) as amount from hold where status = 'HELD' group by user_id)
                        select account.user_id, held, coalesce(reserved.amount, 0) as sum_of_holds
                        from account left join reserved on reserved.user_id = account.user_id
                        where held <> coalesce(reserved.amount, 0)"""),
                new Rule("I1", "a transfer moves a positive amount between two different accounts", """
                        select id, kind, debit_account, credit_account, amount
                        from transfer where amount <= 0 or debit_account = credit_account"""),
                new Rule("I1", "a transfer goes from or to one account of a customer, by its kind", """
                        select transfer.id, kind, debit_account, credit_account
                        from transfer
                        left join account on account.user_id =
                            case when kind in ('CAPTURE', 'WITHDRAWAL')
                                   or (kind = 'ADJUSTMENT' and credit_account = '00000000-0000-0000-0000-000000000001')
                                 then debit_account else credit_account end
                        where account.user_id is null
                           or case when account.user_id = debit_account then credit_account else debit_account end <>
                              case when kind in ('DEPOSIT', 'WITHDRAWAL', 'ADJUSTMENT')
                                   then '00000000-0000-0000-0000-000000000001'::uuid
                                   else '00000000-0000-0000-0000-000000000002'::uuid end"""),
                new Rule("I1", "an ADJUSTMENT transfer is what one APPROVED adjustment says", """
                        with booked as (select * from transfer where kind = 'ADJUSTMENT'),
                        approved as (select * from adjustment where status = 'APPROVED')
                        select booked.id as transfer, approved.id as adjustment, amount, change
                        from booked full join approved on approved.transfer_id = booked.id
                        where booked.id is null or approved.id is null or amount <> abs(change)
                           or case when change > 0 then credit_account else debit_account end <> user_id"""),
                new Rule("I1", "a CLOSED account has no money", """
                        select user_id, balance, held from account
                        where status = 'CLOSED' and (balance <> 0 or held <> 0)"""),
                new Rule("I3", "a CAPTURED hold has one CAPTURE transfer of its user and amount", """
                        select hold.order_id, hold.user_id, hold.amount, transfer.id as transfer,
                               transfer.debit_account, transfer.amount as captured
                        from hold left join transfer on transfer.order_id = hold.order_id and kind = 'CAPTURE'
                        where status = 'CAPTURED'
                          and (transfer.id is null or transfer.amount <> hold.amount
                               or transfer.debit_account <> hold.user_id)"""),
                new Rule("I3", "an order is captured once at most, and each of its refunds is booked once", """
                        select order_id, kind, refund_id, count(*) from transfer
                        where kind in ('CAPTURE', 'REFUND') group by order_id, kind, refund_id
                        having count(*) > 1 or order_id is null"""),
                new Rule("I3", "a CAPTURE transfer stands on a CAPTURED hold", """
                        select transfer.order_id, transfer.amount, hold.status as hold
                        from transfer left join hold on hold.order_id = transfer.order_id
                        where kind = 'CAPTURE' and hold.status is distinct from 'CAPTURED'"""),
                new Rule("I3", "the REFUND transfers of an order give back to its user no more than its CAPTURE", """
                        select refund.order_id, sum(refund.amount) as refunded, capture.amount as captured
                        from transfer as refund
                        left join transfer as capture
                               on capture.order_id = refund.order_id and capture.kind = 'CAPTURE'
                        where refund.kind = 'REFUND'
                        group by refund.order_id, capture.id
                        having capture.id is null or sum(refund.amount) > capture.amount
                            or count(*) filter (where capture.debit_account <> refund.credit_account) > 0"""),
                new Rule(
                        "I4", "no hold stays HELD past its expiry and one sweep", """
                        select order_id, user_id, amount, expires_at from hold
                        where status = 'HELD' and expires_at < now() - interval '%d milliseconds'""".formatted(sweepGrace.toMillis())),
                new Rule("I9", "each account's transfers are numbered without a gap, summed up and chained", CHAIN),
                new Rule("I9", "an account's newest transfer is the one that the account says", """
                        with newest as (
                            select distinct on (account_of(debit_account, credit_account))
                                   account_of(debit_account, credit_account) as owner, version, balance_after, hash
                            from transfer where version is not null
                            order by account_of(debit_account, credit_account), version desc)
                        select user_id, account.version, booked, newest.version as newest, newest.balance_after
                        from account left join newest on owner = user_id
                        where account.version <> coalesce(newest.version, 0)
                           or head <> newest.hash or booked <> newest.balance_after"""),
                new Rule("I9", "no transfer is without a number, once all were numbered", """
                        select id, kind, debit_account, credit_account from transfer
                        where version is null and not exists (select from numbering_pass where not done)"""),
                new Rule("I9", "nobody has found the books changed", """
                        select kind, user_id, version, says from chain_finding where closed_at is null"""),
                new Rule("I5", "no event of payment-service waits unsent", EventDelivery.UNSENT));
    }
}
