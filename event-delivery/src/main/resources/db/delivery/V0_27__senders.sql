-- The broker user who sent the message, as the broker has validated it: null where it named none, or where an earlier
-- version moved the dead letter here. It decides whether the dead letter may be replayed.
alter table dead_letter add column sender text;

-- What dead letters are sealed with on their way over the broker, so that nobody else can put one there that looks as if
-- this service had set it aside. All replicas read it. Without it the dead letters under way count as sent by this service.
create table dead_letter_seal (
    id  boolean primary key default true check (id),
    key bytea   not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    constraint dead_letter_seal_is_long check (octet_length(key) >= 32)
);
insert into dead_letter_seal default values;
revoke all on dead_letter_seal from public;
grant select on dead_letter_seal to "${service_role}";
