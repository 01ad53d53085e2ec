-- Texts of users can be erased (docs/decisions/0047). The service's role still cannot rewrite what was ordered: this function, of
-- the tables' owner, does nothing else for it. It looks at so many of the user's orders, the newest first, and returns the last of
-- them; nulls where there are no more.
create function erase_texts_of_user(who uuid, before_at timestamptz, before_id uuid, rows_max integer)
    returns table (erased bigint, last_at timestamptz, last_id uuid)
language sql security definer set search_path = "${flyway:defaultSchema}", pg_temp as $$
    with looked_at as materialized (
        select id, created_at from orders
         where user_id = who and (created_at, id) < (before_at, before_id)
         order by created_at desc, id desc limit rows_max),
    in_orders as (
        update orders set description = null, reason_text = null
         where id = any (array (select id from looked_at)) and (description is not null or reason_text is not null)
        returning 1),
    in_refunds as (
        update refund set reason = null
         where order_id = any (array (select id from looked_at)) and reason is not null
        returning 1)
    select (select count(*) from in_orders) + (select count(*) from in_refunds), last.created_at, last.id
      from (select) as always
      left join (select created_at, id from looked_at order by created_at, id limit 1) as last
        on (select count(*) from looked_at) = rows_max
$$;
-- The owner's own statements could not change these columns, either.
grant update (description, reason_text) on orders to current_user;

revoke all on function erase_texts_of_user(uuid, timestamptz, uuid, integer) from public;
grant execute on function erase_texts_of_user(uuid, timestamptz, uuid, integer) to "${service_role}";

-- A terminal order stays as it is, whatever the code tries, but for the sum of its refunds, which grows, and for texts, which go.
-- The trigger calls it for every order that is not NEW.
create or replace function refuse_to_change_a_terminal_order() returns trigger language plpgsql as $$
declare
    allowed orders := old;
begin
    if old.status = 'FINISHED' and new.refunded > old.refunded then
        allowed.refunded := new.refunded;
    end if;
    if new.description is null then
        allowed.description := null;
    end if;
    if new.reason_text is null then
        allowed.reason_text := null;
    end if;
    if old.status = 'AUTHORIZED' or (new is not distinct from allowed and new is distinct from old) then
        return new;
    end if;
    raise exception 'order % is % and stays so', old.id, old.status using errcode = 'check_violation';
end
$$;
