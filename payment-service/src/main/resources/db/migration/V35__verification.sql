-- The passes that verify the chains: who makes one at the moment, and how far it is. One row each (docs/decisions/0042).
create table verification_pass (
    name          text        primary key,
    passes        bigint      not null default 0,
    -- How many transfers were verified, ever.
    transfers     bigint      not null default 0,
    holder        uuid,
    lease_until   timestamptz,
    started_at    timestamptz,
    -- False while a pass is under way, or was given up: it goes on from here.
    done          boolean     not null default true,
    last_user     uuid        not null default '00000000-0000-0000-0000-000000000000',
    last_seal     bigint      not null default 0,
    -- Of the last complete one.
    last_started_at  timestamptz,
    last_finished_at timestamptz,
    constraint verification_pass_is_known check (name in ('FULL', 'RECENT'))
) with (fillfactor = 50);
insert into verification_pass (name) values ('FULL'), ('RECENT');

-- Where a chain or a seal does not fit. What is gone is closed, and opened anew should it come back.
create table chain_finding (
    id            uuid        primary key default uuidv7(),
    kind          text        not null,
    -- Of a seal: 00000000-0000-0000-0000-000000000000.
    user_id       uuid        not null,
    -- Of the transfer; 0 where it has none. The seal's number.
    version       bigint      not null,
    says          text        not null,
    first_seen_at timestamptz not null default now(),
    last_seen_at  timestamptz not null default now(),
    closed_at     timestamptz
);
create unique index chain_finding_open on chain_finding (user_id, kind, version) where closed_at is null;

-- One after another, each over all transfers behind those of the seal before: SHA-256 of that seal's digest, and of the id and hash
-- of each transfer in the order of their ids.
create table seal (
    number        bigint      primary key,
    sealed_at     timestamptz not null default clock_timestamp(),
    last_transfer uuid        not null,
    transfers     bigint      not null,
    digest        bytea       not null
);

revoke all on verification_pass, chain_finding, seal from "${service_role}";
grant select, update on verification_pass to "${service_role}";
grant select, insert, update (says, last_seen_at, closed_at) on chain_finding to "${service_role}";
grant select, insert on seal to "${service_role}";
