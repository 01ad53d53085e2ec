-- The order's user, so that an order and all about it have the same key (docs/scaling.md). Null in rows of before, and of
-- replicas of the version before.
alter table order_event add column user_id uuid;
