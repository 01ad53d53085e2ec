package dev.holdfast.invariants;

import java.util.List;

/** What the orders database can show by itself. */
final class OrdersRules {
    private OrdersRules() {}

    static List<Rule> rules() {
        return List.of(
                new Rule("I2", "an order reaches a terminal state", """
                        select id, user_id, status, created_at, authorized_until from orders
                        where status not in ('FINISHED', 'CANCELLED')
                          and not (status = 'AUTHORIZED' and authorized_until > now() - interval '2 minutes')"""),
                new Rule("I2", "a cancelled order tells its reason, and a finished one has none", """
                        select id, status, reason from orders
                        where (status = 'CANCELLED') <> (reason is not null)"""),
                new Rule("I2", "a terminal order's history holds one terminal state, its own", """
                        select orders.id, orders.status, string_agg(type, ' ' order by occurred_at) as history
                        from orders left join order_event on order_id = orders.id
                        where status not in ('AUTHORIZED', 'NEW')
                        group by orders.id
                        having count(*) filter (where type in ('FINISHED', 'CANCELLED')) <> 1
                            or count(*) filter (where type = orders.status) <> 1"""),
                new Rule("I2", "only a cancelled order is released or refunded", """
                        select orders.id, orders.status, type
                        from order_event join orders on orders.id = order_id
                        where type in ('RELEASED', 'REFUNDED') and status <> 'CANCELLED'"""),
                new Rule(
                        "I3",
                        "what is refunded of an order is the sum of its refunds, and at most what was captured",
                        """
                        select orders.id, status, amount, capture_amount, refunded, refunds
                        from orders left join (
                            select order_id, sum(refund.amount) as refunds from refund group by order_id) as summed
                            on order_id = orders.id
                        where refunded <> coalesce(refunds, 0)
                           or (refunded > 0 and (status <> 'FINISHED' or refunded > coalesce(capture_amount, amount)))"""),
                new Rule("I3", "a refund is of an order of its user", """
                        select refund.id, refund.order_id, refund.user_id from refund
                        left join orders on orders.id = refund.order_id and orders.user_id = refund.user_id
                        where orders.id is null"""),
                new Rule("I5", "no refund waits to be booked", """
                        select id, order_id, attempts, last_error from refund where done_at is null"""),
                new Rule("I7", "one Idempotency-Key of an order made one refund", """
                        select order_id, idempotency_key, count(*) from refund
                        where idempotency_key is not null
                        group by order_id, idempotency_key having count(*) > 1"""),
                new Rule("I5", "no event of order-service waits unsent", EventDelivery.UNSENT),
                new Rule("I5", "no release or refund waits to be done", """
                        select order_id, kind, attempts, last_error from compensation where done_at is null"""),
                new Rule("I7", "one Idempotency-Key of a user made one order", """
                        select user_id, idempotency_key, count(*) from orders
                        where idempotency_key is not null
                        group by user_id, idempotency_key having count(*) > 1"""));
    }
}
