-- What the service's role may do; the tables belong to the role that migrates (docs/decisions/0026).
revoke all on orders, order_event, compensation, payment_inquiry, reconciliation_pass, discrepancy, order_id_secret
    from "${service_role}";

-- What was bought, by whom and for how much, is never rewritten, and neither is history.
grant select, insert, update (status, reason, updated_at) on orders to "${service_role}";
grant select, insert on order_event to "${service_role}";

grant select, insert, update, delete on compensation, payment_inquiry, discrepancy to "${service_role}";
grant select, update on reconciliation_pass to "${service_role}";

-- A new one is written by the owner.
grant select on order_id_secret to "${service_role}";

revoke all on function refuse_to_change_a_terminal_order(), order_ids_given_up(uuid[], text),
    give_order_ids_up(uuid[], uuid[]) from public, "${service_role}";
grant execute on function order_ids_given_up(uuid[], text), give_order_ids_up(uuid[], uuid[]) to "${service_role}";
