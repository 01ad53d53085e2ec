#!/bin/bash
# Refuses passwords that are empty or known to everybody, before a data directory is made with them, then runs the given
# command. Where there is one already, the refusal is the same: a new password is set in .env first, then in the database.
set -eu

for variable in POSTGRES_PASSWORD DATABASE_PASSWORD DATABASE_OWNER_PASSWORD; do
    if [ -z "${!variable:-}" ] || [ "${!variable}" = change-me ]; then
        echo "$variable is not set, or change-me: choose a password" >&2
        exit 1
    fi
done

exec "$@"
