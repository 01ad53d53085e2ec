-- As for order_event, by a transaction of its own: only one table is locked at a time.
alter table payment_inquiry add column user_id uuid;
