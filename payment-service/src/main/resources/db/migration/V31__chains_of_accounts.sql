-- How far the account's transfers are numbered and chained: the values of its newest transfer. Null before the first, and of an
-- account whose transfers from before this version are still to be numbered.
alter table account
    add column version bigint,
    -- What the transfers sum up to. It is the balance, but where an error has to be corrected.
    add column booked numeric,
    add column booked_at timestamptz,
    add column head bytea;
