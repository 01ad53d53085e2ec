-- Until when a replica has taken a row over to publish it, by a transaction that has ended before it talks to the broker.
-- Replicas of earlier versions do not look at it: what both publish, the inbox of the receiver drops once.
alter table outbox add column claimed_until timestamptz;
alter table dead_letter add column claimed_until timestamptz;

-- A claim changes no indexed column, so where a page has room for it no index is written (heap-only tuples).
alter table outbox set (fillfactor = 60);
