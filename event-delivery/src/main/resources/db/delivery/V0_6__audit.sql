-- Who did what: one row for each act of a caller that changes money or operations, written by the transaction that does it.
-- Rows are never changed, and nothing removes them (docs/decisions/0031). All times are the database's own.
create table audit_record (
    id          uuid        primary key default uuidv7(),
    at          timestamptz not null default clock_timestamp(),
    -- Null where nobody said who it is.
    subject     text,
    client      text,
    role        text,
    -- Whether a token said so; else it is what the request claimed.
    proven      boolean     not null,
    action      text        not null,
    object_type text        not null,
    object_id   uuid        not null,
    -- DONE, REFUSED, or STARTED where the end has a record of its own.
    result      text        not null,
    -- Of a refusal, the code of the answer.
    refusal     text,
    trace_id    text,
    details     jsonb       not null default '{}'
);

-- Pages, newest first: of all, and of one caller, action or object.
create index audit_record_newest_first on audit_record (at desc, id desc);
create index audit_record_by_subject on audit_record (subject, at desc, id desc) where subject is not null;
create index audit_record_by_action on audit_record (action, at desc, id desc);
create index audit_record_by_object on audit_record (object_id, at desc, id desc);
create index audit_record_of_dead_letters on audit_record (at desc, id desc)
    where object_type = 'dead_letter' and result = 'DONE';

-- Append-only, for the service's role too, which can neither choose an id nor a time.
revoke all on audit_record from "${service_role}";
grant select, insert (subject, client, role, proven, action, object_type, object_id, result, refusal, trace_id,
        details)
    on audit_record to "${service_role}";

-- What was done with dead letters before, and what replicas of the last version do meanwhile, is there too.
create function copy_dead_letter_act() returns trigger language plpgsql as $$
begin
    insert into audit_record (subject, proven, action, object_type, object_id, result, details)
    values (new.operator, false, lower(new.act), 'dead_letter', new.dead_letter_id, 'DONE',
            jsonb_strip_nulls(jsonb_build_object('queue', new.queue, 'message_id', new.message_id,
                'event_id', new.event_id, 'order_id', new.order_id, 'reason', new.reason, 'note', new.note)));
    return null;
end $$;
revoke all on function copy_dead_letter_act() from public;
create trigger dead_letter_act_is_copied after insert on dead_letter_audit
    for each row execute function copy_dead_letter_act();

insert into audit_record (id, at, subject, proven, action, object_type, object_id, result, details)
select id, at, operator, false, lower(act), 'dead_letter', dead_letter_id, 'DONE',
       jsonb_strip_nulls(jsonb_build_object('queue', queue, 'message_id', message_id,
           'event_id', event_id, 'order_id', order_id, 'reason', reason, 'note', note))
  from dead_letter_audit;
