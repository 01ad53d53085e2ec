-- What may happen on the account: OPEN everything, FROZEN no new holds and no withdrawals, CLOSED nothing (docs/decisions/0046).
-- The rows that are there are checked by the next file.
-- Contract: a replica of the version before neither reads nor writes it. It opens accounts that are OPEN, and is refused only to
-- put money onto a closed one.
alter table account
    add column status text not null default 'OPEN',
    add constraint account_status_is_known check (status in ('OPEN', 'FROZEN', 'CLOSED')) not valid,
    -- Whoever puts money onto a closed account has to open it by the same statement.
    add constraint account_closed_is_empty check (status <> 'CLOSED' or (balance = 0 and held = 0)) not valid;
