drop index concurrently if exists counted_by_text;
create index concurrently counted_by_text on counted (t);
