-- How far the holds of captured orders have been removed: the last transfer that was looked at. Transfers have ids in the
-- order of their time, so the removal needs no index that each capture would have to write.
create table hold_removal (
    last_transfer uuid    not null,
    only_row      boolean primary key default true check (only_row)
);
insert into hold_removal (last_transfer) values ('00000000-0000-0000-0000-000000000000');
