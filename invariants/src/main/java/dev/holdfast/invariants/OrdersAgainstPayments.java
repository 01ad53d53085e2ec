package dev.holdfast.invariants;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the orders of one database with the holds and transfers of the other, page by page, since no query can join
 * the two.
 */
final class OrdersAgainstPayments {
    private final Connection orders;
    private final Connection payments;
    private final Instant restoredAt;
    private final Findings findings;

    OrdersAgainstPayments(Connection orders, Connection payments, Instant restoredAt, Findings findings) {
        this.orders = orders;
        this.payments = payments;
        this.restoredAt = restoredAt;
        this.findings = findings;
    }

    void check() throws SQLException {
        Pages.forEach(orders, """
                select id, user_id, amount, coalesce(capture_amount, amount) as to_capture, status, created_at,
                       (select coalesce(sum(refund.amount), 0) from refund
                         where order_id = orders.id and done_at is not null) as refunds
                from orders where id > ? order by id limit ?""", Pages.FIRST_UUID, Order::of, Order::id, this::checkPayments);
        Pages.forEach(
                payments,
                capturesToCheck(),
                Pages.FIRST_UUID,
                row -> row.getObject("order_id", UUID.class),
                order -> order,
                this::checkOrdersExist);
    }

    /** Only a restore loses orders that were captured: their money was given back. */
    private String capturesToCheck() {
        String excused = restoredAt.equals(Invariants.NEVER_RESTORED) ? "false" : """
                exists (select from transfer as refund
                         where refund.order_id = transfer.order_id and refund.kind = 'REFUND')""";
        return "select order_id from transfer where kind = 'CAPTURE' and order_id > ? and not " + excused
                + " order by order_id limit ?";
    }

    private void checkPayments(List<Order> page) throws SQLException {
        List<UUID> ids = page.stream().map(Order::id).toList();
        Map<UUID, Payment> byOrder = Pages.lookUp(payments, """
                        select hold.order_id, hold.user_id, hold.amount, hold.status,
                               (select sum(amount) from transfer
                                where transfer.order_id = hold.order_id and kind = 'CAPTURE') as captured,
                               (select sum(amount) from transfer
                                where transfer.order_id = hold.order_id and kind = 'REFUND') as refunded
                        from hold where order_id = any (?)""", ids, Payment::of).stream()
                .collect(Collectors.toMap(Payment::orderId, Function.identity()));
        for (Order order : page) {
            check(order, byOrder.get(order.id()));
        }
    }

    private void check(Order order, @Nullable Payment payment) {
        if (payment == null) {
            if (order.status().equals("CANCELLED") && order.createdAt().isBefore(restoredAt)) {
                return;
            }
            findings.add("I3", "every order stands on a hold", order.toString());
            return;
        }
        String row = order + " " + payment;
        BigDecimal held = payment.status().equals("CAPTURED") ? order.toCapture() : order.amount();
        if (!payment.userId().equals(order.userId()) || payment.amount().compareTo(held) != 0) {
            findings.add("I3", "an order's hold is of its user and amount", row);
        }
        BigDecimal capturedAmount = payment.captured();
        boolean captured = capturedAmount != null;
        BigDecimal refunded = payment.refunded() == null ? BigDecimal.ZERO : payment.refunded();
        if (order.status().equals("FINISHED") && !captured) {
            findings.add("I3", "a FINISHED order is captured once", row);
        }
        if (order.status().equals("FINISHED") && refunded.compareTo(order.refunds()) != 0) {
            findings.add("I3", "of a FINISHED order is given back what its refunds say that are DONE", row);
        }
        if (capturedAmount != null && capturedAmount.compareTo(order.toCapture()) != 0) {
            findings.add("I3", "an order is captured at what is to be captured of it", row);
        }
        if (order.status().equals("CANCELLED") && capturedAmount != null && refunded.compareTo(capturedAmount) != 0) {
            findings.add("I3", "a CANCELLED order that was captured is refunded in full", row);
        }
        if (order.status().equals("AUTHORIZED") && !payment.status().equals("HELD")) {
            findings.add("I3", "an AUTHORIZED order has its money held", row);
        }
        if (order.terminal() && payment.status().equals("HELD")) {
            findings.add("I4", "no hold stays HELD for a terminal order", row);
        }
    }

    private void checkOrdersExist(List<UUID> captured) throws SQLException {
        Set<UUID> known = new HashSet<>(Pages.lookUp(
                orders, "select id from orders where id = any (?)", captured, row -> row.getObject("id", UUID.class)));
        for (UUID order : captured) {
            if (!known.contains(order)) {
                findings.add("I3", "money is kept only for an order that exists", "order_id=" + order);
            }
        }
    }

    private record Order(
            UUID id,
            UUID userId,
            BigDecimal amount,
            BigDecimal toCapture,
            String status,
            Instant createdAt,
            BigDecimal refunds) {
        static Order of(ResultSet row) throws SQLException {
            return new Order(
                    row.getObject("id", UUID.class),
                    row.getObject("user_id", UUID.class),
                    row.getBigDecimal("amount"),
                    row.getBigDecimal("to_capture"),
                    row.getString("status"),
                    row.getObject("created_at", OffsetDateTime.class).toInstant(),
                    row.getBigDecimal("refunds"));
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
