-- The same orders for the list of one status.
drop index concurrently if exists orders_other_by_status;
create index concurrently orders_other_by_status on orders (status, created_at, id) where status <> 'NEW' and status <> 'FINISHED';
