-- Who moved the money: the subject of the token, or the service. Null where nobody is authenticated, and of a transfer that
-- was written before, or by a replica of the version before.
alter table transfer add column actor text;
