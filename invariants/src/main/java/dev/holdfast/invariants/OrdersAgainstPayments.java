package dev.holdfast.invariants;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the orders of one database against the holds, transfers and events of the other. Nothing but the services
 * themselves may join the two, so it is done here, page by page.
 */
final class OrdersAgainstPayments {
    private final Connection orders;
    private final Connection payments;
    private final Findings findings;

    OrdersAgainstPayments(Connection orders, Connection payments, Findings findings) {
        this.orders = orders;
        this.payments = payments;
        this.findings = findings;
    }

    void check() throws SQLException {
        Pages.forEach(
                orders,
                "select id, user_id, amount, status from orders where id > ? order by id limit ?",
                Pages.FIRST_UUID,
                Order::of,
                Order::id,
                this::checkPaid);
        Pages.forEach(
                payments,
                "select order_id from transfer where kind = 'CAPTURE' and order_id > ? order by order_id limit ?",
                Pages.FIRST_UUID,
                row -> row.getObject("order_id", UUID.class),
                order -> order,
                this::checkOrdered);
        checkDelivered(orders, "order-service", payments, "payment-service");
        checkDelivered(payments, "payment-service", orders, "order-service");
    }

    private void checkPaid(List<Order> page) throws SQLException {
        List<UUID> ids = page.stream().map(Order::id).toList();
        Map<UUID, Payment> paid = Pages.lookUp(payments, """
                        select hold.order_id, hold.user_id, hold.amount, hold.status,
                               (select sum(amount) from transfer
                                where transfer.order_id = hold.order_id and kind = 'CAPTURE') as captured,
                               (select sum(amount) from transfer
                                where transfer.order_id = hold.order_id and kind = 'REFUND') as refunded
                        from hold where order_id = any (?)""", ids, Payment::of).stream()
                .collect(Collectors.toMap(Payment::orderId, Function.identity()));
        for (Order order : page) {
            judge(order, paid.get(order.id()));
        }
    }

    private void judge(Order order, @Nullable Payment payment) {
        if (payment == null) {
            findings.add("I3", "every order stands on a hold", order.toString());
            return;
        }
        String row = order + " " + payment;
        if (!payment.userId().equals(order.userId()) || payment.amount().compareTo(order.amount()) != 0) {
            findings.add("I3", "an order's hold is of its user and amount", row);
        }
        BigDecimal capturedAmount = payment.captured();
        boolean captured = capturedAmount != null;
        boolean refunded = payment.refunded() != null;
        if (order.status().equals("FINISHED") && (!captured || refunded)) {
            findings.add("I3", "a FINISHED order is captured once and not refunded", row);
        }
        if (capturedAmount != null && capturedAmount.compareTo(order.amount()) != 0) {
            findings.add("I3", "an order is captured at its amount", row);
        }
        if (order.status().equals("CANCELLED") && captured && !refunded) {
            findings.add("I3", "a CANCELLED order that was captured is refunded", row);
        }
        if (order.terminal() && payment.status().equals("HELD")) {
            findings.add("I4", "no hold stays HELD for a terminal order", row);
        }
    }

    private void checkOrdered(List<UUID> captured) throws SQLException {
        Set<UUID> known = new HashSet<>(Pages.lookUp(
                orders, "select id from orders where id = any (?)", captured, row -> row.getObject("id", UUID.class)));
        for (UUID order : captured) {
            if (!known.contains(order)) {
                findings.add("I3", "money is captured only for an order that exists", "order_id=" + order);
            }
        }
    }

    private void checkDelivered(Connection from, String sender, Connection to, String reader) throws SQLException {
        Pages.forEach(
                from,
                "select seq, event_id, order_id, type from outbox where sent_at is not null and seq > ? order by seq limit ?",
                -1L,
                Sent::of,
                Sent::seq,
                (List<Sent> sent) -> {
                    List<Sent> lost = notSeen(sent, to);
                    Set<Sent> madeGood = madeGood(lost, from, to);
                    for (Sent event : lost) {
                        if (!madeGood.contains(event)) {
                            findings.add(
                                    "I5",
                                    "an event that " + sender + " sent is applied by " + reader + ", or a dead letter",
                                    event.toString());
                        }
                    }
                });
    }

    /** Those that the reader has neither applied nor put aside as dead letters. */
    private static List<Sent> notSeen(List<Sent> sent, Connection reader) throws SQLException {
        Set<UUID> seen = new HashSet<>(Pages.lookUp(
                reader, """
                select event_id from unnest(?) as events (event_id)
                where exists (select from inbox where inbox.event_id = events.event_id)
                   or event_id in (select event_id from dead_letter
                                   where event_id is not null and status <> 'REPLAYED')""", sent.stream().map(Sent::eventId).toList(), row -> row.getObject("event_id", UUID.class)));
        return sent.stream().filter(event -> !seen.contains(event.eventId())).toList();
    }

    /**
     * What a broker has lost with its queue is asked for again and answered again, under another id: those of the lost
     * events of whose order and type a later one has arrived.
     */
    private static Set<Sent> madeGood(List<Sent> lost, Connection sender, Connection reader) throws SQLException {
        if (lost.isEmpty()) {
            return Set.of();
        }
        List<Sent> ofTheSameOrders =
                Pages.lookUp(sender, """
                select seq, event_id, order_id, type from outbox
                where sent_at is not null and order_id = any (?)""", lost.stream().map(Sent::orderId).toList(), Sent::of);
        Set<Sent> notSeen = new HashSet<>(notSeen(ofTheSameOrders, reader));
        return lost.stream()
                .filter(event ->
                        ofTheSameOrders.stream().anyMatch(other -> other.repeats(event) && !notSeen.contains(other)))
                .collect(Collectors.toSet());
    }

    private record Sent(long seq, UUID eventId, UUID orderId, String type) {
        static Sent of(ResultSet row) throws SQLException {
            return new Sent(
                    row.getLong("seq"),
                    row.getObject("event_id", UUID.class),
                    row.getObject("order_id", UUID.class),
                    row.getString("type"));
        }

        boolean repeats(Sent earlier) {
            return seq > earlier.seq && orderId.equals(earlier.orderId) && type.equals(earlier.type);
        }
    }

    private record Order(UUID id, UUID userId, BigDecimal amount, String status) {
        static Order of(ResultSet row) throws SQLException {
            return new Order(
                    row.getObject("id", UUID.class),
                    row.getObject("user_id", UUID.class),
                    row.getBigDecimal("amount"),
                    row.getString("status"));
        }

        boolean terminal() {
            return status.equals("FINISHED") || status.equals("CANCELLED");
        }
    }

    private record Payment(
            UUID orderId,
            UUID userId,
            BigDecimal amount,
            String status,
            @Nullable BigDecimal captured,
            @Nullable BigDecimal refunded) {
        static Payment of(ResultSet row) throws SQLException {
            return new Payment(
                    row.getObject("order_id", UUID.class),
                    row.getObject("user_id", UUID.class),
                    row.getBigDecimal("amount"),
                    row.getString("status"),
                    row.getBigDecimal("captured"),
                    row.getBigDecimal("refunded"));
        }
    }
}
