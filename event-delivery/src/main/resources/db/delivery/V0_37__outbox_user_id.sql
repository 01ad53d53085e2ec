-- Whom an event is about. All that a transaction of the hot path writes has the same key then, by which the tables can be
-- distributed over several machines (docs/scaling.md). Null in rows of before, which the retention removes.
alter table outbox add column user_id uuid;
