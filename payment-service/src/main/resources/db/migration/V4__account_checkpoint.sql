-- For reconciliation alone, which writes it: what the older transfers of an account with many of them sum up to. The ids
-- of transfers are in the order of the database's clock, so one id says which of them are meant.
create table account_checkpoint (
    user_id       uuid        primary key,
    -- The transfers up to this id sum up to booked, once complete: what came in less what went out.
    mark          uuid        not null,
    booked        numeric     not null default 0,
    complete      boolean     not null default false,
    -- The walk through all the transfers again, page by page: those up to walk_mark sum up to walk_expected, or else
    -- booked is wrong by the difference. It has come so far in what came in and in what went out.
    walk_mark     uuid        not null,
    walk_expected numeric     not null default 0,
    walk_sum      numeric     not null default 0,
    in_at         timestamptz not null default 'epoch',
    in_id         uuid        not null default '00000000-0000-0000-0000-000000000000',
    out_at        timestamptz not null default 'epoch',
    out_id        uuid        not null default '00000000-0000-0000-0000-000000000000',
    -- When the walk went on the last time.
    walked_at     timestamptz not null default now()
-- Few rows, changed often.
) with (fillfactor = 50);
