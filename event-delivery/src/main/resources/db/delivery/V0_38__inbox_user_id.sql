-- As for the outbox, by a transaction of its own: consumers lock both tables in the other order.
alter table inbox add column user_id uuid;
