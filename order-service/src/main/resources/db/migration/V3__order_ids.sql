-- What the ids of orders with an idempotency key are derived with, so that nobody else can foresee or occupy them. All
-- replicas read it; a new row is used a minute after it was written, when all of them know it.
create table order_id_secret (
    id        integer     generated always as identity primary key,
    secret    bytea       not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    used_from timestamptz not null default now() + interval '1 minute',
    constraint order_id_secret_is_long check (octet_length(secret) >= 32)
);
-- Where there are orders, holds under ids of before may be there as well: they are looked for while a secret is new.
insert into order_id_secret (used_from)
select case when exists (select from orders) then now() else now() - interval '1 day' end;
revoke all on order_id_secret from public;
revoke update, truncate on order_id_secret from current_user;

-- Before an order is stored and before its id is given up: what comes first is seen by the other, which waits for its
-- commit. Each query of such a function sees what was committed before it began, not only before the statement did.

-- Which of the ids were given up; none of the others is until the end of the transaction. A key that another transaction
-- is storing is waited for only so long.
create function order_ids_given_up(ids uuid[], patience text) returns setof uuid language plpgsql as $$
begin
    perform set_config('lock_timeout', patience, true);
    perform pg_advisory_xact_lock_shared(uuid_hash_extended(id, 0))
       from (select id from unnest(ids) as wanted (id) order by id) as sorted;
    return query select order_id from compensation where order_id = any (ids) and kind = 'ABANDON';
end
$$;

-- Gives those of the ids up that have no order, and returns all that are given up now or were before.
create function give_order_ids_up(ids uuid[], user_ids uuid[]) returns setof uuid language plpgsql as $$
begin
    perform pg_advisory_xact_lock(uuid_hash_extended(id, 0))
       from (select id from unnest(ids) as wanted (id) order by id) as sorted;
    insert into compensation (order_id, kind, user_id)
    select id, 'ABANDON', user_id from unnest(ids, user_ids) as given_up (id, user_id)
     where id <> all (array (select orders.id from orders where orders.id = any (ids)))
     order by id
    -- A hold may be taken under an id again after it was released, or may be on its way.
    on conflict (order_id, kind) do update set done_at = null, next_attempt_at = now(), created_at = now();
    return query select order_id from compensation where order_id = any (ids) and kind = 'ABANDON';
end
$$;
