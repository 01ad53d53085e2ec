-- One row per user. balance is the money owned, held the part of it that is reserved by holds of status HELD.
create table account (
    user_id    uuid           primary key,
    balance    numeric(18, 2) not null default 0,
    held       numeric(18, 2) not null default 0,
    created_at timestamptz    not null,
    updated_at timestamptz    not null,
    -- Whatever the code does wrong, no account is ever overdrawn and no money is reserved twice.
    constraint account_held_is_covered check (held >= 0 and balance >= held),
    -- These two stand for the world outside; they have no row.
    constraint account_is_not_outside check (user_id not in (
        '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'))
-- Room on each page for the next version of its rows: an account changes twice with every order.
) with (fillfactor = 70);

-- Money reserved for one order. Every change of a hold is made by who has locked the row of its account.
create table hold (
    order_id   uuid           primary key,
    user_id    uuid           not null references account,
    amount     numeric(18, 2) not null constraint hold_amount_is_positive check (amount > 0),
    status     text           not null
        constraint hold_status_is_known check (status in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED')),
    expires_at timestamptz    not null,
    created_at timestamptz    not null,
    updated_at timestamptz    not null
);

-- What one account has reserved, and which of it has expired: for reads, and for a hold that needs the room.
create index hold_held_by_user on hold (user_id, expires_at) where status = 'HELD';

-- For the sweeper: what has expired, oldest first. Only open holds are in it, so it stays small.
create index hold_held_by_expiry on hold (expires_at) where status = 'HELD';

-- The books. One row takes money from one account and puts it onto another, so they balance by construction.
create table transfer (
    id             uuid           primary key default uuidv7(),
    debit_account  uuid           not null,
    credit_account uuid           not null,
    amount         numeric(18, 2) not null constraint transfer_amount_is_positive check (amount > 0),
    kind           text           not null,
    order_id       uuid,
    created_at     timestamptz    not null,
    constraint transfer_ends_fit_its_kind check (case kind
        when 'DEPOSIT' then debit_account = '00000000-0000-0000-0000-000000000001' and order_id is null
        when 'CAPTURE' then credit_account = '00000000-0000-0000-0000-000000000002' and order_id is not null
        when 'REFUND'  then debit_account = '00000000-0000-0000-0000-000000000002' and order_id is not null
        else false end),
    constraint transfer_has_two_ends check (debit_account <> credit_account)
);

-- An order is charged once and refunded once.
create unique index transfer_once_per_order on transfer (order_id, kind) where order_id is not null;

-- The statement of an account, newest first: what went out of it, and what came in. Outside accounts are in neither.
create index transfer_out on transfer (debit_account, created_at desc, id desc) where kind = 'CAPTURE';
create index transfer_in on transfer (credit_account, created_at desc, id desc) where kind in ('DEPOSIT', 'REFUND');

-- Append-only, for this role too.
revoke update, delete, truncate on transfer from current_user;

-- The answers to deposits with an Idempotency-Key, written in the deposit's own transaction.
create table idempotency_key (
    user_id     uuid        not null references account,
    key         text        not null check (length(key) between 1 and 255),
    fingerprint text        not null,
    answer      text        not null,
    created_at  timestamptz not null,
    primary key (user_id, key)
);

-- For the removal of the oldest.
create index idempotency_key_created on idempotency_key (created_at);

-- Each row is updated once or twice and often: let the vacuum come early.
alter table account set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
alter table hold set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
