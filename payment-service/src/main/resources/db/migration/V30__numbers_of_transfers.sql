-- What a transfer is to the account of the user at its one end (docs/decisions/0041, 0042). Null until it is numbered: the account
-- had transfers before this version.
alter table transfer
    -- Of the account it is the transfer number 1, 2, 3 …
    add column version bigint,
    -- What the account's transfers sum up to with it.
    add column balance_after numeric,
    -- Of the row and of the account's hash before it, see transfer_hash.
    add column hash bytea,
    -- Stands for the actor where the name is erased.
    add column actor_digest bytea;

-- For the function that numbers the old ones: the owner, too, has given up its right to change the books.
grant update (version, balance_after, hash) on transfer to current_user;
