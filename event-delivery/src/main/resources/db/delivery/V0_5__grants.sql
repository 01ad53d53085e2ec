-- What the service's role may do with the tables of delivery; they belong to the role that migrates (docs/decisions/0026).
-- A migration that makes a table grants there what the service's statements need, and nothing else.
grant usage on schema "${flyway:defaultSchema}" to "${service_role}";

revoke all on outbox, inbox, dead_letter, dead_letter_audit from "${service_role}";
grant select, insert, update, delete on outbox, dead_letter to "${service_role}";
grant select, insert, delete on inbox to "${service_role}";
-- Not its id and time, which are the database's own.
grant select, insert (operator, act, dead_letter_id, queue, message_id, event_id, order_id, reason, note)
    on dead_letter_audit to "${service_role}";

-- Whether the tables are as new as its version needs.
grant select on "${flyway:table}" to "${service_role}";
