-- Texts about users can be erased from the audit (docs/decisions/0047). The service's role still cannot change a record: this
-- function, of the tables' owner, does nothing else for it. It erases in so many records at most, and returns in how many.
create function erase_audit_texts_of_user(who uuid, rows_max integer) returns integer
language sql security definer set search_path = "${flyway:defaultSchema}", pg_temp as $$
    -- The customer as the one who acted, and what operators gave as reasons for what they did to the account.
    with texts as (
        (select id from audit_record where subject = who::text limit rows_max)
        union
        (select id from audit_record
          where object_id = who and action <> 'erase' and details ? 'reason' limit rows_max)
        limit rows_max),
    erased as (
        update audit_record
           set subject = case when subject = who::text then 'erased' else subject end,
               details = case when object_id = who and action <> 'erase' then details - 'reason' else details end
         where id = any (array (select id from texts))
        returning 1)
    select count(*)::integer from erased
$$;
revoke all on function erase_audit_texts_of_user(uuid, integer) from public;
grant execute on function erase_audit_texts_of_user(uuid, integer) to "${service_role}";
