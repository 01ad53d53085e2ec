-- How much of a FINISHED order was given back, or is being given back: the sum of its refunds. And how much of an order is to
-- be captured where that is not all of it; else null.
-- Contract: a replica of the version before neither reads nor writes these columns, so what it writes fits. Rows of before have
-- nothing refunded, and need no validation.
alter table orders
    add column refunded numeric(18, 2) not null default 0,
    add column capture_amount numeric(18, 2),
    add constraint order_capture_amount_is_a_part
        check (capture_amount is null or (capture_amount > 0 and capture_amount <= amount)) not valid,
    -- Whatever the code does wrong, no more is given back than was captured.
    add constraint order_refunded_is_of_what_was_captured
        check (refunded = 0 or (status = 'FINISHED' and refunded > 0 and refunded <= coalesce(capture_amount, amount)))
        not valid;

grant update (refunded) on orders to "${service_role}";

-- A terminal order stays as it is, whatever the code tries, but for the sum of its refunds, which grows.
create or replace function refuse_to_change_a_terminal_order() returns trigger language plpgsql as $$
declare
    otherwise orders := new;
begin
    otherwise.refunded := old.refunded;
    if old.status = 'FINISHED' and new.refunded > old.refunded and otherwise is not distinct from old then
        return new;
    end if;
    raise exception 'order % is % and stays so', old.id, old.status using errcode = 'check_violation';
end
$$;
