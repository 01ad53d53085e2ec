create table orders (
    id              uuid           primary key,
    user_id         uuid           not null,
    amount          numeric(18, 2) not null,
    description     text,
    status          text           not null default 'NEW',
    reason          text,
    idempotency_key text,
    created_at      timestamptz    not null,
    updated_at      timestamptz    not null,
    constraint order_amount_is_positive check (amount > 0),
    constraint order_description_is_short check (char_length(description) <= 1000),
    constraint order_status_is_known check (status in ('NEW', 'FINISHED', 'CANCELLED')),
    constraint order_reason_only_when_cancelled check ((status = 'CANCELLED') = (reason is not null)),
    constraint order_idempotency_key_is_short check (char_length(idempotency_key) between 1 and 255)
);

-- One order wins a key; the others answer with it.
create unique index orders_idempotency_key on orders (user_id, idempotency_key) where idempotency_key is not null;

-- A user's orders, newest first; the id tells apart those of one microsecond. The second serves the status filter.
create index orders_newest_first on orders (user_id, created_at desc, id desc);
create index orders_newest_first_by_status on orders (user_id, status, created_at desc, id desc);

-- A terminal order stays as it is, whatever the code tries.
create function refuse_to_change_a_terminal_order() returns trigger language plpgsql as $$
begin
    raise exception 'order % is % and stays so', old.id, old.status using errcode = 'check_violation';
end
$$;
create trigger terminal_orders_stay before update on orders
    for each row when (old.status <> 'NEW') execute function refuse_to_change_a_terminal_order();

-- What was bought, by whom and for how much, is never rewritten, and orders are kept.
revoke update, delete, truncate on orders from current_user;
grant update (status, reason, updated_at) on orders to current_user;

-- What happened to an order after it was placed; its own row tells when that was. Each can happen once. No foreign key:
-- the rows are written by statements that read the order's row, and a check per row would cost every order.
create table order_event (
    order_id    uuid        not null,
    type        text        not null,
    reason      text,
    occurred_at timestamptz not null,
    primary key (order_id, type),
    constraint order_event_type_is_known check (type in ('FINISHED', 'CANCELLED', 'RELEASED', 'REFUNDED')),
    constraint order_event_reason_only_when_cancelled check ((type = 'CANCELLED') = (reason is not null))
);
revoke update, delete, truncate on order_event from current_user;

-- Money to be given back in payments: tried until it is done. RELEASE and REFUND are for cancelled orders; ABANDON is
-- for a hold whose order was never stored, and keeps that order id from being stored later. Times are the database's
-- own, so that replicas agree on what is due.
create table compensation (
    order_id        uuid        not null,
    kind            text        not null,
    user_id         uuid        not null,
    created_at      timestamptz not null default now(),
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default now(),
    done_at         timestamptz,
    last_error      text,
    primary key (order_id, kind),
    constraint compensation_kind_is_known check (kind in ('RELEASE', 'REFUND', 'ABANDON'))
);

-- The worker's only query: what is due. What is done leaves the index.
create index compensation_due on compensation (next_attempt_at) where done_at is null;
