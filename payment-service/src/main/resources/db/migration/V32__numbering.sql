-- The user's account of a transfer: its other end is outside.
create function account_of(debit_account uuid, credit_account uuid) returns uuid language sql immutable parallel safe
    return case when debit_account in ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002')
        then credit_account else debit_account end;

-- The one list in SQL of what a transfer's hash covers; TransferHash has the same. Each value is a line, and there is none of a
-- value that is null, so that a column can be added later. Numbers have no trailing zeros, and the time is seconds since 1970.
-- Of the actor there is a digest, so that the name can be erased.
create function transfer_hash(previous bytea, id uuid, kind text, debit_account uuid, credit_account uuid, amount numeric,
        order_id uuid, refund_id uuid, version bigint, balance_after numeric, created_at timestamptz, actor text, actor_digest bytea)
    returns bytea language sql stable parallel safe
    return sha256(previous || convert_to(concat_ws(E'\n', id, kind, debit_account, credit_account, trim_scale(amount),
        version, trim_scale(balance_after), extract(epoch from created_at), 'order ' || order_id, 'refund ' || refund_id,
        'actor ' || encode(coalesce(actor_digest, sha256(convert_to(actor, 'UTF8'))), 'hex')), 'UTF8'));

-- Numbers a transfer that comes without a number: of every statement but that of captures, and of the version before. Times go
-- up with the numbers, also where the clock was set back. An account with transfers that have no number yet waits for
-- number_old_transfers.
create function number_transfer() returns trigger language plpgsql set search_path from current as $$
declare
    owner constant uuid := account_of(new.debit_account, new.credit_account);
    change constant numeric := case when owner = new.credit_account then new.amount else -new.amount end;
    chained record;
begin
    update account as chain
       set version = coalesce(chain.version, 0) + 1, booked = coalesce(chain.booked, 0) + change,
           booked_at = greatest(new.created_at, chain.booked_at + interval '1 microsecond'),
           head = transfer_hash(coalesce(chain.head, ''), new.id, new.kind, new.debit_account, new.credit_account,
               new.amount, new.order_id, new.refund_id, coalesce(chain.version, 0) + 1, coalesce(chain.booked, 0) + change,
               greatest(new.created_at, chain.booked_at + interval '1 microsecond'), new.actor, null)
     where user_id = owner
       and (chain.version is not null
            or not exists (select from transfer where credit_account = owner and kind in ('DEPOSIT', 'REFUND'))
            and not exists (select from transfer where credit_account = owner and kind = 'ADJUSTMENT')
            and not exists (select from transfer where debit_account = owner and kind = 'ADJUSTMENT')
            and not exists (select from transfer where debit_account = owner and kind = 'WITHDRAWAL')
            and not exists (select from transfer where debit_account = owner and kind = 'CAPTURE'))
    returning chain.version, chain.booked, chain.booked_at, chain.head into chained;
    if found then
        new.version := chained.version;
        new.balance_after := chained.booked;
        new.created_at := chained.booked_at;
        new.hash := chained.head;
    end if;
    return new;
end $$;

-- Accounts of which the transfers from before are numbered in part, and how far. It is empty once all are.
create table account_numbering (
    user_id uuid        primary key,
    version bigint      not null,
    booked  numeric     not null,
    at      timestamptz not null,
    head    bytea       not null
);

-- How far the accounts have been gone through, by their ids.
create table numbering_pass (
    last_user uuid    not null default '00000000-0000-0000-0000-000000000000',
    done      boolean not null default false,
    only_row  boolean primary key default true check (only_row)
);
insert into numbering_pass default values;

-- Numbers the next transfers of an account that were there before this version, and says how many; after the last one the
-- account is numbered. As the owner of the table: the service itself can change no transfer. Times that are out of order by a
-- minute, because a clock was, stand behind those that have a number already.
create function number_old_transfers(owner uuid, rows_max integer) returns integer
    language plpgsql security definer set search_path from current as $$
declare
    chain account_numbering;
    old record;
    numbered integer := 0;
begin
    perform from account where user_id = owner and version is null for no key update;
    if not found then
        return 0;
    end if;
    select * into chain from account_numbering where user_id = owner;
    if not found then
        chain := row (owner, 0, 0, '-infinity', '');
    end if;
    for old in
        select id, kind, debit_account, credit_account, amount, order_id, refund_id, created_at, actor, actor_digest from (
            (select * from transfer where credit_account = owner and kind in ('DEPOSIT', 'REFUND') and version is null
                and created_at >= chain.at - interval '1 minute' order by created_at, id limit rows_max)
            union all
            (select * from transfer where debit_account = owner and kind = 'CAPTURE' and version is null
                and created_at >= chain.at - interval '1 minute' order by created_at, id limit rows_max)
            union all
            (select * from transfer where debit_account = owner and kind = 'WITHDRAWAL' and version is null
                and created_at >= chain.at - interval '1 minute' order by created_at, id limit rows_max)
            union all
            (select * from transfer where credit_account = owner and kind = 'ADJUSTMENT' and version is null
                and created_at >= chain.at - interval '1 minute' order by created_at, id limit rows_max)
            union all
            (select * from transfer where debit_account = owner and kind = 'ADJUSTMENT' and version is null
                and created_at >= chain.at - interval '1 minute' order by created_at, id limit rows_max)) as of_account
         order by created_at, id limit rows_max
    loop
        chain.version := chain.version + 1;
        chain.booked := chain.booked + case when owner = old.credit_account then old.amount else -old.amount end;
        chain.at := greatest(chain.at, old.created_at);
        chain.head := transfer_hash(chain.head, old.id, old.kind, old.debit_account, old.credit_account, old.amount,
            old.order_id, old.refund_id, chain.version, chain.booked, old.created_at, old.actor, old.actor_digest);
        update transfer set version = chain.version, balance_after = chain.booked, hash = chain.head where id = old.id;
        numbered := numbered + 1;
    end loop;
    if numbered < rows_max then
        update account set version = chain.version, booked = chain.booked, booked_at = chain.at, head = chain.head
         where user_id = owner;
        delete from account_numbering where user_id = owner;
    else
        insert into account_numbering select (chain).*
        on conflict (user_id) do update
            set version = excluded.version, booked = excluded.booked, at = excluded.at, head = excluded.head;
    end if;
    return numbered;
end $$;

revoke all on account_numbering from "${service_role}";
revoke all on numbering_pass from "${service_role}";
grant select, update on numbering_pass to "${service_role}";
revoke all on function number_old_transfers(uuid, integer) from public;
grant execute on function number_old_transfers(uuid, integer) to "${service_role}";
