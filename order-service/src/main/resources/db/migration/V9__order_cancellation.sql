-- When somebody first asked to cancel the order, and what they said. Written before payments is asked, so that the order
-- says so whatever ends it; both stay where it was charged after all. Null in orders that nobody asked to cancel.
-- Contract: no version before writes these columns, so none is refused; rows of before have neither, and need no validation.
alter table orders
    add column cancel_requested_at timestamptz,
    add column reason_text text,
    add constraint order_reason_text_is_short_and_of_a_request
        check (reason_text is null or (cancel_requested_at is not null and char_length(reason_text) <= 200)) not valid;

grant update (cancel_requested_at, reason_text) on orders to "${service_role}";
