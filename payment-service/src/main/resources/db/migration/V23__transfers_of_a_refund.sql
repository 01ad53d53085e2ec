-- No refund is booked for two orders. Captures do not write it.
-- Contract: the version before writes no such row.
drop index concurrently if exists transfer_of_refund;
create unique index concurrently transfer_of_refund on transfer (refund_id) where refund_id is not null;
