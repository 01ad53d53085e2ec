-- Who asked for the hold: ORDERS or CLIENT. Null where it was taken before, or by a replica of the version before.
alter table hold add column taken_by text;
