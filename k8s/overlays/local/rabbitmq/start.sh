#!/bin/bash
# Gives the broker the definitions beside this file, with the hashes of its users' passwords, then runs the given command.
# RabbitMQ loads them at every start: what is there stays, and passwords become those that are given here.
set -euo pipefail

here=$(dirname "$0")
definitions=${DEFINITIONS:-/var/lib/rabbitmq/definitions.json}

# Writes the bytes that the hexadecimal digits stand for.
bytes() {
    printf "$(sed 's/../\\x&/g' <<<"$1")"
}

# RabbitMQ's own form: four bytes of salt, then the SHA-256 of salt and password, in Base64.
password_hash() {
    local variable=$1 salt digest
    local password=${!variable:-}
    if [ -z "$password" ] || [ "$password" = change-me ]; then
        echo "$variable is not set, or change-me: choose a password" >&2
        return 1
    fi
    salt=$(head -c 4 /dev/urandom | od -A n -t x1 | tr -d ' \n')
    digest=$({ bytes "$salt"; printf %s "$password"; } | sha256sum)
    bytes "$salt${digest%% *}" | base64 | tr -d '\n'
}

operator=$(password_hash OPERATOR_PASSWORD)
orders=$(password_hash ORDERS_PASSWORD)
payments=$(password_hash PAYMENTS_PASSWORD)
unset OPERATOR_PASSWORD ORDERS_PASSWORD PAYMENTS_PASSWORD

(
    umask 077
    sed -e 's|@VIRTUAL_HOST@|/|g' \
        -e 's|@OPERATOR@|holdfast|g' \
        -e "s|@OPERATOR_PASSWORD_HASH@|$operator|g" \
        -e "s|@ORDERS_PASSWORD_HASH@|$orders|g" \
        -e "s|@PAYMENTS_PASSWORD_HASH@|$payments|g" \
        "$here/definitions.json" >"$definitions"
)

exec "$@"
