-- Which refund of a FINISHED order a transfer books, as order-service names it. Null of all other transfers, also of the one
-- refund of an order that was captured after its cancellation. Rows of before have none, and need no validation.
-- Contract: a replica of the version before writes none, and refunds no more than was captured, once.
alter table transfer
    add column refund_id uuid,
    add constraint transfer_refund_id_is_of_a_refund check (refund_id is null or kind = 'REFUND') not valid;

-- Whatever the code does wrong, no order is refunded more than was captured for it. Refunds of one order take turns here, and
-- each query of such a function sees what was committed before the query began. Captures do not call it.
create function refuse_refunds_above_the_capture() returns trigger language plpgsql as $$
declare
    kept numeric;
begin
    perform pg_advisory_xact_lock(uuid_hash_extended(new.order_id, 20));
    select coalesce(sum(case kind when 'CAPTURE' then amount else -amount end), 0) into kept
      from transfer where order_id is not null and order_id = new.order_id and kind in ('CAPTURE', 'REFUND');
    if new.amount > kept then
        raise exception 'order % has % left to be refunded, less than %', new.order_id, kept, new.amount
            using errcode = 'check_violation', constraint = 'transfer_refunds_fit_the_capture';
    end if;
    return new;
end
$$;
create trigger transfer_refunds_fit_the_capture before insert on transfer
    for each row when (new.kind = 'REFUND') execute function refuse_refunds_above_the_capture();

revoke all on function refuse_refunds_above_the_capture() from public, "${service_role}";
