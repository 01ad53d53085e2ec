-- Every 64th transfer of an account, by its number: from there the one with any number is near, by its time. So captures write no
-- further index but for one in 64. Made concurrently, so outside of a transaction: an interrupted migration leaves an
-- invalid index, which is dropped first.
-- Contract: nothing is taken away. The database numbers what a replica of the version before writes, each with a number of its own.
drop index concurrently if exists transfer_by_version;
create unique index concurrently transfer_by_version on transfer (account_of(debit_account, credit_account), version)
    where version % 64 = 0;
