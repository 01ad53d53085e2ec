-- An adjustment is a correction by two operators: money that comes onto an account from outside, or goes back. The rows that
-- are there are checked by the next file.
-- Contract: nothing is taken away, what the version before writes is allowed as it was.
alter table transfer
    drop constraint transfer_ends_fit_its_kind,
    add constraint transfer_ends_fit_its_kind check (case kind
        when 'DEPOSIT'    then debit_account = '00000000-0000-0000-0000-000000000001' and order_id is null
        when 'WITHDRAWAL' then credit_account = '00000000-0000-0000-0000-000000000001' and order_id is null
        when 'CAPTURE'    then credit_account = '00000000-0000-0000-0000-000000000002' and order_id is not null
        when 'REFUND'     then debit_account = '00000000-0000-0000-0000-000000000002' and order_id is not null
        when 'ADJUSTMENT' then '00000000-0000-0000-0000-000000000001' in (debit_account, credit_account)
                           and '00000000-0000-0000-0000-000000000002' not in (debit_account, credit_account)
                           and order_id is null
        else false end) not valid;
