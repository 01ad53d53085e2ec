drop index concurrently if exists counted_by_n;
create unique index concurrently counted_by_n on counted (n);
