-- The withdrawals of an account, newest first, beside transfer_out with its captures: no capture writes a second index, and
-- the version before finds its own as it was. Made concurrently, so outside of a transaction: an interrupted migration leaves
-- an invalid index, which is dropped first.
drop index concurrently if exists transfer_withdrawn;
create index concurrently transfer_withdrawn on transfer (debit_account, created_at desc, id desc)
    where kind = 'WITHDRAWAL';
