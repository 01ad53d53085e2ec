-- Texts about users can be erased (docs/decisions/0047). The service's role still cannot rewrite what was proposed: this function,
-- of the tables' owner, does nothing else for it. What waits for a decision keeps its reason until then. Where users moved their own
-- money, a digest takes the place of the name, which the transfer's hash covers. There are few of all these, so that one step
-- erases all; the other parameters are for services that have more.
create function erase_texts_of_user(who uuid, before_at timestamptz, before_id uuid, rows_max integer)
    returns table (erased bigint, last_at timestamptz, last_id uuid)
language sql security definer set search_path = "${flyway:defaultSchema}", pg_temp as $$
    with decided as materialized (
        select id from adjustment where user_id = who and (status <> 'PENDING' or expires_at < now())),
    in_adjustments as (
        update adjustment
           set reason = 'erased', decision_reason = case when decision_reason is not null then 'erased' end
         where id = any (array (select id from decided))
           and (reason <> 'erased' or decision_reason <> 'erased')
        returning 1),
    in_audit as (
        update audit_record set details = details - 'reason'
         where object_id = any (array (select id from decided)) and details ? 'reason'
        returning 1),
    in_transfers as (
        update transfer set actor = null, actor_digest = sha256(convert_to(actor, 'UTF8'))
         where actor = who::text and id = any (array (
            select id from transfer where credit_account = who and kind in ('DEPOSIT', 'REFUND')
            union all
            select id from transfer where debit_account = who and kind = 'WITHDRAWAL'))
        returning 1)
    select (select count(*) from in_adjustments) + (select count(*) from in_audit) + (select count(*) from in_transfers), null::timestamptz, null::uuid
$$;
-- The owner's own statements could not change these columns, either.
grant update (actor, actor_digest) on transfer to current_user;

revoke all on function erase_texts_of_user(uuid, timestamptz, uuid, integer) from public;
grant execute on function erase_texts_of_user(uuid, timestamptz, uuid, integer) to "${service_role}";
