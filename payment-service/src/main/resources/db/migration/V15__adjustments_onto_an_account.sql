-- The adjustments that brought an account money, newest first, in an index of their own as withdrawals have one. Made concurrently,
-- so outside of a transaction: an interrupted migration leaves an invalid index, which is dropped first.
drop index concurrently if exists transfer_adjusted_in;
create index concurrently transfer_adjusted_in on transfer (credit_account, created_at desc, id desc)
    where kind = 'ADJUSTMENT';
