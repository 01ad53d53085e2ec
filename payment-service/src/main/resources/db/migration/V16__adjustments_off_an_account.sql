-- Those that took money off it.
drop index concurrently if exists transfer_adjusted_out;
create index concurrently transfer_adjusted_out on transfer (debit_account, created_at desc, id desc)
    where kind = 'ADJUSTMENT';
