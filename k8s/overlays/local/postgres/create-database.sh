#!/bin/bash
# Run once by the postgres image, on an empty data directory; on one from before it can be run again by hand. The service
# and its migrations get a role each, neither a superuser.
set -e
psql="psql --quiet --set ON_ERROR_STOP=1 --username ${POSTGRES_USER:-postgres}"
$psql --dbname postgres --set name="$DATABASE_NAME" <<'SQL'
select format('create database %I', :'name')
 where not exists (select from pg_database where datname = :'name') \gexec
SQL
$psql --dbname "$DATABASE_NAME" --set role="$DATABASE_NAME" --set password="$DATABASE_PASSWORD" \
    --set owner_password="$DATABASE_OWNER_PASSWORD" --set script="${PREPARE_DATABASE:-/etc/holdfast/prepare-database.sql}" <<'SQL'
\o /dev/null
select set_config('holdfast.role', :'role', false), set_config('holdfast.owner', :'role' || '_owner', false),
       set_config('holdfast.password', :'password', false),
       set_config('holdfast.owner_password', :'owner_password', false);
\i :script
SQL
