-- An order is charged once, and each of its refunds is booked once; so is the one refund without an id. It takes the place of
-- transfer_once_per_order, of which it has the columns and the rows: statements of the version before find it, too. Made
-- concurrently, so outside of a transaction: an interrupted migration leaves an invalid index, which is dropped first.
-- Contract: while both are there, the older one alone refuses second refunds; nothing is refused that was not before.
drop index concurrently if exists transfer_of_order;
create unique index concurrently transfer_of_order on transfer (order_id, kind, refund_id) nulls not distinct
    where order_id is not null;
