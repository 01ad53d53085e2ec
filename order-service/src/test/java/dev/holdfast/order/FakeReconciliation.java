package dev.holdfast.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The pages that payments answers to a reconciliation.
 *
 * @param refunds by order and id, of what is captured
 * @param overdue orders whose hold has expired long ago and was not swept
 * @param differing accounts whose balance differs from their transfers
 * @param unverified accounts that are still being summed up
 */
record FakeReconciliation(
        Map<UUID, Hold> holds,
        Map<UUID, Map<UUID, BigDecimal>> refunds,
        Set<UUID> overdue,
        Set<UUID> differing,
        Set<UUID> unverified) {
    static BigDecimal sum(Map<UUID, BigDecimal> parts) {
        return parts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    FakeAnswer answer(String path, JsonNode body) {
        List<UUID> asked = new ArrayList<>();
        body.path("ids").forEach(id -> asked.add(UUID.fromString(id.asText())));
        String after = body.path("after").asText("");
        // Their text is in the order of their bytes.
        Comparator<UUID> byBytes = Comparator.comparing(UUID::toString);
        return switch (path) {
            case "/internal/reconciliation/orders" ->
                orders(holds.keySet().stream()
                        .filter(id -> id.toString().compareTo(after) > 0)
                        .sorted(byBytes)
                        .limit(body.path("limit").asInt())
                        .toList());
            case "/internal/reconciliation/orders/by-id" ->
                orders(asked.stream().filter(holds::containsKey).sorted(byBytes).toList());
            case "/internal/reconciliation/orders/recent" ->
                new FakeAnswer(
                        200,
                        FakeAnswer.JSON
                                .createObjectNode()
                                .set("order_ids", FakeAnswer.JSON.valueToTree(overdue))
                                .toString());
            case "/internal/reconciliation/accounts" -> accounts(List.copyOf(differing), List.copyOf(unverified));
            case "/internal/reconciliation/accounts/by-id" ->
                accounts(
                        asked.stream().filter(differing::contains).toList(),
                        asked.stream().filter(unverified::contains).toList());
            default -> FakeAnswer.problem(404, "not_found");
        };
    }

    private FakeAnswer orders(List<UUID> ids) {
        ObjectNode answer = FakeAnswer.JSON.createObjectNode();
        ArrayNode orders = answer.putArray("orders");
        for (UUID id : ids) {
            Hold hold = holds.get(id);
            boolean captured = hold.status() == HoldStatus.CAPTURED || hold.status() == HoldStatus.REFUNDED;
            ObjectNode order = orders.addObject().put("order_id", id.toString());
            order.putObject("hold")
                    .put("user_id", hold.userId().toString())
                    .put("amount", hold.amount())
                    .put("status", captured ? "CAPTURED" : hold.status().name())
                    .put("expires_at", "2026-01-31T12:00:00Z")
                    .put("overdue", overdue.contains(id))
                    .put("of_a_newer_version", true);
            if (captured) {
                moved(order.putObject("captured"), 1, hold.amount(), hold.userId());
            }
            Map<UUID, BigDecimal> parts = refunds.getOrDefault(id, Map.of());
            if (hold.status() == HoldStatus.REFUNDED) {
                moved(order.putObject("refunded"), 1, hold.amount(), hold.userId());
            } else if (!parts.isEmpty()) {
                moved(order.putObject("refunded"), parts.size(), sum(parts), hold.userId());
            }
        }
        return new FakeAnswer(200, answer.toString());
    }

    private static void moved(ObjectNode moved, int count, BigDecimal amount, UUID userId) {
        moved.put("count", count)
                .put("amount", amount)
                .put("user_id", userId.toString())
                .put("at", "2026-01-31T12:00:00Z")
                .put("age_millis", 86_400_000L);
    }

    private FakeAnswer accounts(List<UUID> different, List<UUID> unknown) {
        Set<UUID> all = new HashSet<>(different);
        all.addAll(unknown);
        ObjectNode answer = FakeAnswer.JSON.createObjectNode().put("checked", all.size());
        ArrayNode notYet = answer.putArray("unverified");
        unknown.forEach(user -> notYet.add(user.toString()));
        List<UUID> wrong =
                different.stream().filter(user -> !unknown.contains(user)).toList();
        ArrayNode accounts = answer.putArray("differing");
        wrong.forEach(user -> accounts.addObject()
                .put("user_id", user.toString())
                .put("balance", new BigDecimal("10.01"))
                .put("booked", new BigDecimal("10.00"))
                .put("held", new BigDecimal("3.00"))
                .put("reserved", new BigDecimal("3.00")));
        return new FakeAnswer(200, answer.toString());
    }
}
