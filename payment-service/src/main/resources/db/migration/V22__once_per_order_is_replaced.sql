-- Contract: transfer_of_order is unique for all that a replica of the version before writes, and serves its statements.
drop index concurrently if exists transfer_once_per_order;
