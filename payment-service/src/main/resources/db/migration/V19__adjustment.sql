-- Corrections that an operator has proposed, and what another operator made of them. One that nobody decides about in time can
-- not be decided any more, and stays PENDING.
create table adjustment (
    id              uuid        primary key default uuidv7(),
    user_id         uuid        not null,
    -- What it does to the account: greater than zero brings money, less takes some.
    change          numeric     not null constraint adjustment_changes_something check (change <> 0),
    -- Whether it is booked without the balance, which is right already.
    books_only      boolean     not null default false,
    reason          text        not null,
    status          text        not null default 'PENDING'
        constraint adjustment_status_is_known check (status in ('PENDING', 'APPROVED', 'REJECTED')),
    proposed_by     text        not null,
    proposed_at     timestamptz not null,
    expires_at      timestamptz not null,
    -- Null while it is PENDING.
    decided_by      text,
    decided_at      timestamptz,
    decision_reason text,
    transfer_id     uuid,
    idempotency_key text,
    constraint adjustment_is_decided_once_and_whole check (case status
        when 'PENDING'  then decided_by is null and decided_at is null and transfer_id is null
        when 'APPROVED' then decided_by is not null and decided_at is not null and transfer_id is not null
        else decided_by is not null and decided_at is not null and transfer_id is null end),
    -- Whatever the code does wrong, a proposal is approved by somebody else.
    constraint adjustment_is_approved_by_another check (status <> 'APPROVED' or decided_by <> proposed_by),
    constraint adjustment_is_approved_in_time check (status <> 'APPROVED' or decided_at <= expires_at)
);

-- Those of all accounts and of one, newest first. None has the id or the status, or a plan from when the table was empty might
-- look for a proposal by them; there are no more of them than operators make.
create index adjustment_newest on adjustment (proposed_at desc);
create index adjustment_of_user on adjustment (user_id, proposed_at desc);
-- A request that is sent again proposes nothing more.
create unique index adjustment_once_per_key on adjustment (user_id, idempotency_key) where idempotency_key is not null;

-- What was proposed stays as it was proposed.
revoke all on adjustment from "${service_role}";
grant select, insert, update (status, decided_by, decided_at, decision_reason, transfer_id) on adjustment
    to "${service_role}";
