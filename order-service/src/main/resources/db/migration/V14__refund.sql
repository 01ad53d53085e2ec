-- What is to be given back of FINISHED orders, and was. Written together with orders.refunded, and tried until payments has booked
-- it. Ids are in the order of their time; times are the database's own, so that replicas agree on what is due.
create table refund (
    id              uuid           primary key default uuidv7(),
    order_id        uuid           not null,
    user_id         uuid           not null,
    amount          numeric(18, 2) not null constraint refund_amount_is_positive check (amount > 0),
    -- What the request said; null where it asked for all that was left.
    asked           numeric(18, 2),
    reason          text           constraint refund_reason_is_short check (char_length(reason) <= 200),
    idempotency_key text           constraint refund_key_is_short check (char_length(idempotency_key) between 1 and 255),
    created_at      timestamptz    not null default now(),
    attempts        integer        not null default 0,
    next_attempt_at timestamptz    not null,
    done_at         timestamptz,
    last_error      text
);

-- A request that is sent again refunds nothing more.
create unique index refund_once_per_key on refund (order_id, idempotency_key) where idempotency_key is not null;

-- Those of an order, newest first.
create index refund_of_order on refund (order_id, created_at desc, id desc);

-- The worker's only query: what is due. What is done leaves the index.
create index refund_due on refund (next_attempt_at) where done_at is null;

-- What was asked for stays as it was asked for.
revoke all on refund from "${service_role}";
grant select, insert, update (attempts, next_attempt_at, done_at, last_error) on refund to "${service_role}";
