-- Orders that are only charged when somebody asks for it ("capture": "manual"): AUTHORIZED, on held money, until then.
-- authorized_until is null of all others. When capture was asked for, and with which key: null while it was not. The rows that are
-- there are checked by the next file.
-- Contract: nothing is taken away. A replica of the version before writes neither the status nor the columns, and only shows an
-- order that is AUTHORIZED.
alter table orders
    add column authorized_until timestamptz,
    add column capture_requested_at timestamptz,
    add column capture_key text,
    drop constraint order_status_is_known,
    add constraint order_status_is_known check (status in ('AUTHORIZED', 'NEW', 'FINISHED', 'CANCELLED')) not valid,
    add constraint order_capture_was_to_be_asked_for check (
        case when status = 'AUTHORIZED' then authorized_until is not null and capture_requested_at is null
             else authorized_until is not null or capture_requested_at is null end) not valid,
    add constraint order_capture_key_is_of_a_request check (
        capture_key is null or (capture_requested_at is not null and char_length(capture_key) between 1 and 255)) not valid,
    add constraint order_part_was_asked_for check (capture_amount is null or capture_requested_at is not null) not valid;

grant update (capture_amount, capture_requested_at, capture_key) on orders to "${service_role}";

-- A terminal order stays as it is, whatever the code tries, but for the sum of its refunds, which grows. The trigger calls it for
-- every order that is not NEW.
create or replace function refuse_to_change_a_terminal_order() returns trigger language plpgsql as $$
declare
    otherwise orders := new;
begin
    otherwise.refunded := old.refunded;
    if old.status = 'AUTHORIZED'
        or (old.status = 'FINISHED' and new.refunded > old.refunded and otherwise is not distinct from old) then
        return new;
    end if;
    raise exception 'order % is % and stays so', old.id, old.status using errcode = 'check_violation';
end
$$;
