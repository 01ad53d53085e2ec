-- Gives a service's database its two roles: the owner, which migrates, and the service's own, which may do only what the
-- migrations grant it (docs/decisions/0026). For an administrator, in that database. It can be run again at any time, also on a
-- database from before there were owners, under replicas that serve: they keep their rights until the migrations set them.
--
-- Settings: holdfast.role and holdfast.owner are the names, holdfast.password and holdfast.owner_password the passwords; a role
-- whose password is empty or not set keeps its own.
do $prepare$
declare
    service text := current_setting('holdfast.role');
    owner   text := current_setting('holdfast.owner');
    -- How long the tables are tried to be locked, together, for a change of their owner. The service waits meanwhile.
    patience constant text := '50ms';
    attempts integer := 0;
    tables  text;
    keep    text[];
    statement text;
begin
    if service = owner then
        raise exception 'The service and the owner of its tables must be two roles, both are called %', owner;
    end if;
    foreach statement in array array[owner, service] loop
        if not exists (select from pg_roles where rolname = statement) then
            execute format('create role %I login', statement);
        end if;
    end loop;
    if coalesce(current_setting('holdfast.owner_password', true), '') <> '' then
        execute format('alter role %I password %L', owner, current_setting('holdfast.owner_password'));
    end if;
    if coalesce(current_setting('holdfast.password', true), '') <> '' then
        execute format('alter role %I password %L', service, current_setting('holdfast.password'));
    end if;
    if pg_has_role(service, owner, 'MEMBER') then
        raise exception '% is a member of %, and could do all that its owner may', service, owner;
    end if;

    -- Of a database from before: all tables at once, so that no transaction of the service is in a deadlock with this one.
    loop
        select string_agg(oid::regclass::text, ', ' order by oid) into tables
          from pg_class where relkind in ('r', 'p') and relowner = quote_ident(service)::regrole;
        exit when tables is null;
        begin
            perform set_config('lock_timeout', patience, true);
            execute 'lock table ' || tables || ' in access exclusive mode';
            exit;
        exception when lock_not_available then
            attempts := attempts + 1;
            if attempts = 200 then
                raise;
            end if;
            perform pg_sleep(0.05 + random() / 5);
        end;
    end loop;

    -- Rights of the old owner go to the new one. What replicas of the last version use is given back, and nothing beyond it.
    select array_agg(format('grant %s on %s to %I', right_of.what, class.oid::regclass, service)) into keep
      from pg_class as class
     cross join lateral (
        select privilege as what from unnest(array['select', 'insert', 'update', 'delete']) as privilege
         where has_table_privilege(service, class.oid, privilege)
           and not (class.relname = 'flyway_schema_history' and privilege in ('insert', 'update'))
        union all
        select format('update (%I)', attname) from pg_attribute
         where attrelid = class.oid and attnum > 0 and not attisdropped
           and has_column_privilege(service, class.oid, attnum, 'update')
           and not has_table_privilege(service, class.oid, 'update')) as right_of
     where class.relkind in ('r', 'p') and class.relowner = quote_ident(service)::regrole;
    execute format('reassign owned by %I to %I', service, owner);
    foreach statement in array coalesce(keep, '{}') loop
        execute statement;
    end loop;

    -- Replicas of the last version remove failed migrations when they start, so they may; none else.
    if keep is not null and to_regclass('flyway_schema_history') is not null then
        alter table flyway_schema_history enable row level security;
        drop policy if exists read_all on flyway_schema_history;
        drop policy if exists forget_failed on flyway_schema_history;
        execute format('create policy read_all on flyway_schema_history for select to %I using (true)', service);
        execute format('create policy forget_failed on flyway_schema_history for delete to %I using (not success)', service);
    end if;

    execute format('alter database %I owner to %I', current_database(), owner);
    execute format('revoke all on database %I from public, %I', current_database(), service);
    execute format('grant connect on database %I to %I', current_database(), service);
end
$prepare$;
