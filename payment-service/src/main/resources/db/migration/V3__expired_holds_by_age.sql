-- For the removal of expired holds, oldest first. Captures and releases of holds that have not expired do not write it.
-- Made concurrently, so outside of a transaction: an interrupted migration leaves an invalid index, which is dropped first.
drop index concurrently if exists hold_expired_by_age;
create index concurrently hold_expired_by_age on hold (expires_at) where status = 'EXPIRED';
