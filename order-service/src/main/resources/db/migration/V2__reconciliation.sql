-- The limit of the service's own statements is too short for an index on a large table.
set local statement_timeout = 0;

-- For the sweeper of orders that wait for their payment for too long, oldest first. Only orders that wait are in it.
create index orders_waiting on orders (created_at) where status = 'NEW';

-- Orders whose payment was asked for again; when to ask the next time. Times are the database's own.
create table payment_inquiry (
    order_id uuid        primary key,
    times    integer     not null check (times > 0),
    asked_at timestamptz not null default now(),
    next_at  timestamptz not null
);

-- For the removal of those whose order has ended.
create index payment_inquiry_due on payment_inquiry (next_at);

-- The passes of reconciliation: who makes one at the moment, and what the last complete one has seen. One row each.
create table reconciliation_pass (
    name              text        primary key,
    passes            bigint      not null default 0,
    failures          bigint      not null default 0,
    -- The number of a pass that somebody waits for.
    requested         bigint      not null default 0,
    holder            uuid,
    lease_until       timestamptz,
    started_at        timestamptz,
    last_started_at   timestamptz,
    last_finished_at  timestamptz,
    last_error        text,
    orders_compared   bigint      not null default 0,
    accounts_compared bigint      not null default 0,
    in_flight         bigint      not null default 0,
    constraint reconciliation_pass_is_known check (name in ('FULL', 'RECENT'))
);
insert into reconciliation_pass (name) values ('FULL'), ('RECENT');

-- Where orders and payments contradict each other. One that is gone is closed, and opened anew should it come back.
create table discrepancy (
    id            uuid        primary key default uuidv7(),
    kind          text        not null,
    -- The order's id; the user's where the kind is of an account.
    subject       uuid        not null,
    user_id       uuid,
    orders_say    text,
    payments_say  text,
    first_seen_at timestamptz not null default now(),
    last_seen_at  timestamptz not null default now(),
    closed_at     timestamptz
);
create unique index discrepancy_open on discrepancy (kind, subject) where closed_at is null;
create index discrepancy_newest_open on discrepancy (first_seen_at desc, id desc) where closed_at is null;
create index discrepancy_closed on discrepancy (closed_at) where closed_at is not null;
