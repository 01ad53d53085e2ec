-- The orders of all users that are paid, in the order of their time, for who runs the shop. An order is written to it once, when
-- it ends, by an update that writes all indexes as it is; one index of all orders would be written twice. Made concurrently, so
-- outside of a transaction: an interrupted migration leaves an invalid index, which is dropped first.
drop index concurrently if exists orders_finished_by_time;
create index concurrently orders_finished_by_time on orders (created_at, id) where status = 'FINISHED';
