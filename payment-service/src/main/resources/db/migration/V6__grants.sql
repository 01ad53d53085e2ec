-- What the service's role may do; the tables belong to the role that migrates (docs/decisions/0026).
revoke all on account, hold, transfer, idempotency_key, hold_removal, account_checkpoint from "${service_role}";

-- Accounts are kept, and the books are only ever added to.
grant select, insert, update on account to "${service_role}";
grant select, insert on transfer to "${service_role}";

grant select, insert, update, delete on hold to "${service_role}";
-- An answer that was given stays as it is: the one column is for locking the rows that are removed.
grant select, insert, update (created_at), delete on idempotency_key to "${service_role}";
grant select, update on hold_removal to "${service_role}";
grant select, insert, update on account_checkpoint to "${service_role}";
