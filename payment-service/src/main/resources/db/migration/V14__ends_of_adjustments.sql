-- Beside those who write: it only reads.
alter table transfer validate constraint transfer_ends_fit_its_kind;
