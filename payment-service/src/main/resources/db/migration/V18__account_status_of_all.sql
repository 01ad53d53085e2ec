-- Beside those who write: it only reads.
alter table account validate constraint account_status_is_known, validate constraint account_closed_is_empty;
