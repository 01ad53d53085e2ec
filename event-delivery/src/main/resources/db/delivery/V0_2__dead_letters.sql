-- Messages that could never be applied, moved here from the dead-letter queue so that they can be looked at one by one.
-- All times are the database's own.
create table dead_letter (
    -- Made from queue, message id and body: the same message that fails again is the same row.
    id            uuid        primary key,
    queue         text        not null,
    message_id    text,
    event_id      uuid,
    order_id      uuid,
    type          text,
    properties    jsonb       not null,
    headers       jsonb       not null,
    payload       bytea       not null,
    payload_bytes integer     not null,
    truncated     boolean     not null,
    reason        text        not null,
    -- Which of its failures was the last: the same one delivered again by the broker is not counted again.
    death         text        not null,
    times         integer     not null default 1 check (times > 0),
    first_at      timestamptz not null default now(),
    last_at       timestamptz not null default now(),
    status        text        not null default 'WAITING',
    handled_at    timestamptz,
    constraint dead_letter_status_is_known check (status in ('WAITING', 'REPLAYED', 'DISCARDED')),
    constraint dead_letter_handled_unless_waiting check ((status = 'WAITING') = (handled_at is null))
);

-- Pages, newest first: of all, of one status (also for replaying the oldest and for counting), of one order.
create index dead_letter_newest_first on dead_letter (first_at desc, id desc);
create index dead_letter_newest_first_by_status on dead_letter (status, first_at desc, id desc);
create index dead_letter_by_order on dead_letter (order_id, first_at desc, id desc) where order_id is not null;

-- For the retention, which deletes those handled long ago.
create index dead_letter_handled on dead_letter (handled_at) where handled_at is not null;

-- What operators did. No foreign key: the acts are kept when the letters are gone.
create table dead_letter_audit (
    id             uuid        primary key default uuidv7(),
    at             timestamptz not null default now(),
    operator       text,
    act            text        not null,
    dead_letter_id uuid        not null,
    queue          text        not null,
    message_id     text,
    event_id       uuid,
    order_id       uuid,
    reason         text        not null,
    note           text,
    constraint dead_letter_act_is_known check (act in ('REPLAY', 'DISCARD')),
    constraint dead_letter_discard_has_a_note check (act <> 'DISCARD' or note is not null)
);
create index dead_letter_audit_newest_first on dead_letter_audit (at desc, id desc);
create index dead_letter_audit_by_letter on dead_letter_audit (dead_letter_id, at desc, id desc);

-- Append-only, for this role too.
revoke update, delete, truncate on dead_letter_audit from current_user;
