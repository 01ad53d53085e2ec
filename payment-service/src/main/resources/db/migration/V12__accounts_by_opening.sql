-- The accounts of all users in the order in which they were opened, for who runs the shop. Neither column ever changes, so that
-- orders still update an account without writing an index. Made concurrently, so outside of a transaction: an interrupted
-- migration leaves an invalid index, which is dropped first.
drop index concurrently if exists account_by_opening;
create index concurrently account_by_opening on account (created_at, user_id);
