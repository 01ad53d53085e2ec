-- Events that the business transaction wrote and the relay has to publish. All times are the database's own (now()),
-- so that replicas whose clocks differ agree on what is due.
create table outbox (
    seq             bigint generated always as identity primary key,
    event_id        uuid        not null,
    order_id        uuid        not null,
    type            text        not null,
    destination     text        not null,
    payload         bytea       not null,
    traceparent     text,
    created_at      timestamptz not null default now(),
    attempts        integer     not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz not null default now(),
    sent_at         timestamptz,
    last_error      text
);

-- The relay's only query: what is due, oldest first. Sent rows leave the index, so it stays as small as the backlog.
create index outbox_unsent on outbox (next_attempt_at, seq) where sent_at is null;

-- Every row is updated once: let the vacuum come early, so that the index above does not fill with dead entries.
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

-- The ids of the events that were applied; an insert that conflicts tells a duplicate.
create table inbox (
    event_id    uuid        primary key,
    received_at timestamptz not null default now()
);

-- For the retention, which deletes the oldest.
create index inbox_received on inbox (received_at);
