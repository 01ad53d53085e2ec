-- The few that neither wait nor are paid, whatever a newer version calls their status. With orders_waiting and
-- orders_finished_by_time each order is in one of three.
drop index concurrently if exists orders_other_by_time;
create index concurrently orders_other_by_time on orders (created_at, id) where status <> 'NEW' and status <> 'FINISHED';
