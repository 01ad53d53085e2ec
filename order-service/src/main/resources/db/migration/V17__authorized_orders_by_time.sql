-- For the sweeper of orders that are AUTHORIZED and are not going to be captured: their time is over, or somebody asked to cancel
-- them. Only those that are AUTHORIZED are in it. Made concurrently, so outside of a transaction: an interrupted migration leaves an
-- invalid index, which is dropped first.
drop index concurrently if exists orders_authorized;
create index concurrently orders_authorized on orders (least(authorized_until, cancel_requested_at))
    where status = 'AUTHORIZED';
