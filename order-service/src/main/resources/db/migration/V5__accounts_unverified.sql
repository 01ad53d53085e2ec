-- Accounts with so many rows that a pass could not say yet whether they are right. Where a table has rows, a constant
-- default adds the column without touching them.
alter table reconciliation_pass add column accounts_unverified bigint not null default 0;
