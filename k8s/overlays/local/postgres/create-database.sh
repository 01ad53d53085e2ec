#!/bin/bash
# Run once by the postgres image, on an empty data directory. The service gets a role that owns its
# database and is no superuser: what its migrations revoke from it stays revoked.
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="$DATABASE_NAME" --set password="$DATABASE_PASSWORD" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
SQL
