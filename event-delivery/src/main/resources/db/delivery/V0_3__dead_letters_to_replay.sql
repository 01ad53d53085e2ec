-- For replaying many: what failed again comes after the others.
create index dead_letter_replayable on dead_letter (last_at, id) where status = 'WAITING' and not truncated;
