package dev.holdfast.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accounts and holds as payments keeps them: it refuses what payments refuses. */
abstract class FakeHolds {
    private final Map<UUID, BigDecimal> available = new HashMap<>();
    private final Map<UUID, Hold> holds = new HashMap<>();
    private final Set<UUID> overdue = new HashSet<>();
    private final Set<UUID> differing = new HashSet<>();
    private final Set<UUID> unverified = new HashSet<>();
    private final Set<UUID> locked = new HashSet<>();
    private final Map<UUID, String> refused = new HashMap<>();
    private final Map<UUID, Map<UUID, BigDecimal>> refunds = new HashMap<>();
    private final FakeReconciliation reconciliation =
            new FakeReconciliation(holds, refunds, overdue, differing, unverified);

    public synchronized UUID openAccount(String balance) {
        UUID userId = UUID.randomUUID();
        available.put(userId, new BigDecimal(balance));
        return userId;
    }

    public synchronized BigDecimal available(UUID userId) {
        return available.get(userId);
    }

    public synchronized @Nullable HoldStatus holdStatus(UUID orderId) {
        Hold hold = holds.get(orderId);
        return hold == null ? null : hold.status();
    }

    public synchronized List<Hold> holdsOf(UUID userId) {
        return holds.values().stream()
                .filter(hold -> hold.userId().equals(userId))
                .toList();
    }

    /** A part of what was held. */
    public synchronized void capture(UUID orderId, String amount) {
        Hold hold = holds.get(orderId);
        put(orderId, hold.userId(), amount, HoldStatus.CAPTURED);
        available.merge(hold.userId(), hold.amount().subtract(new BigDecimal(amount)), BigDecimal::add);
    }

    public synchronized void capture(UUID orderId) {
        holds.computeIfPresent(orderId, (id, hold) -> hold.with(HoldStatus.CAPTURED));
    }

    /** Somebody holds this much for an order, whoever may have ordered it. */
    public synchronized void put(UUID orderId, UUID userId, String amount, HoldStatus status) {
        holds.put(orderId, new Hold(userId, new BigDecimal(amount), status));
    }

    public synchronized void forget(UUID orderId) {
        holds.remove(orderId);
        refunds.remove(orderId);
        overdue.remove(orderId);
    }

    /** The hold's time was over long ago, and nobody has swept it. */
    public synchronized void overdue(UUID orderId) {
        overdue.add(orderId);
    }

    /** The account's balance is said to differ from its transfers, or not. */
    public synchronized void differs(UUID userId, boolean yes) {
        set(differing, userId, yes);
    }

    /** The account is said to be still being summed up, or not. */
    public synchronized void cannotVerify(UUID userId, boolean yes) {
        set(unverified, userId, yes);
    }

    /** Somebody keeps the account locked, or not. */
    public synchronized void lock(UUID userId, boolean yes) {
        set(locked, userId, yes);
    }

    /** Payments takes no hold of the account, and says by this code why. */
    public synchronized void refuse(UUID userId, String code) {
        refused.put(userId, code);
    }

    /** Takes those that are covered, or taken already, as payments does. */
    synchronized FakeAnswer holdBatch(List<JsonNode> requests, boolean outcomes) {
        ArrayNode taken = FakeAnswer.JSON.createArrayNode();
        ObjectNode notTaken = FakeAnswer.JSON.createObjectNode();
        for (JsonNode request : requests) {
            UUID orderId = UUID.fromString(request.path("order_id").asText());
            UUID userId = UUID.fromString(request.path("user_id").asText());
            if (locked.contains(userId)) {
                notTaken.put(orderId.toString(), "account_busy");
                continue;
            }
            FakeAnswer answer = hold(userId, orderId, request.path("amount").decimalValue());
            if (answer.status() == 200) {
                taken.add(orderId.toString());
            } else {
                notTaken.put(orderId.toString(), answer.code());
            }
        }
        ObjectNode all = FakeAnswer.JSON.createObjectNode().set("taken", taken);
        return new FakeAnswer(200, (outcomes ? all.<ObjectNode>set("not_taken", notTaken) : all).toString());
    }

    public synchronized FakeAnswer hold(UUID userId, UUID orderId, BigDecimal amount) {
        Hold hold = holds.get(orderId);
        if (hold != null) {
            return switch (hold.status()) {
                case RELEASED, REFUNDED -> FakeAnswer.problem(409, "hold_released");
                case CAPTURED -> FakeAnswer.problem(409, "hold_captured");
                case HELD ->
                    hold.userId().equals(userId) && hold.amount().compareTo(amount) == 0
                            ? new FakeAnswer(200, "{\"status\":\"held\"}")
                            : FakeAnswer.problem(409, "hold_conflict");
            };
        }
        BigDecimal free = available.get(userId);
        if (free == null) {
            return FakeAnswer.problem(404, "account_not_found");
        }
        if (refused.containsKey(userId)) {
            return FakeAnswer.problem(409, refused.get(userId));
        }
        if (free.compareTo(amount) < 0) {
            return FakeAnswer.problem(402, "insufficient_funds");
        }
        available.put(userId, free.subtract(amount));
        holds.put(orderId, new Hold(userId, amount, HoldStatus.HELD));
        return new FakeAnswer(200, "{\"status\":\"held\"}");
    }

    public synchronized FakeAnswer release(UUID userId, UUID orderId) {
        Hold hold = holds.get(orderId);
        if (hold == null || !hold.userId().equals(userId)) {
            return FakeAnswer.problem(404, "hold_not_found");
        }
        if (hold.status() == HoldStatus.CAPTURED || hold.status() == HoldStatus.REFUNDED) {
            return FakeAnswer.problem(409, "hold_captured");
        }
        giveBack(orderId, hold, HoldStatus.HELD, HoldStatus.RELEASED);
        return new FakeAnswer(200, "{\"status\":\"released\"}");
    }

    synchronized FakeAnswer cancel(UUID userId, UUID orderId, BigDecimal amount) {
        Hold hold = holds.computeIfAbsent(orderId, id -> new Hold(userId, amount, HoldStatus.RELEASED));
        if (hold.userId().equals(userId)) {
            if (hold.status() == HoldStatus.CAPTURED) {
                return FakeAnswer.problem(409, "hold_captured");
            }
            giveBack(orderId, hold, HoldStatus.HELD, HoldStatus.RELEASED);
        }
        return new FakeAnswer(200, "{\"status\":\"cancelled\"}");
    }

    synchronized FakeAnswer refund(UUID orderId) {
        Hold hold = holds.get(orderId);
        if (hold == null || hold.status() == HoldStatus.HELD || hold.status() == HoldStatus.RELEASED) {
            return FakeAnswer.problem(404, "capture_not_found");
        }
        giveBack(orderId, hold, HoldStatus.CAPTURED, HoldStatus.REFUNDED);
        return new FakeAnswer(200, "{\"status\":\"refunded\"}");
    }

    synchronized FakeAnswer refundPart(UUID refundId, UUID userId, UUID orderId, BigDecimal amount) {
        Hold hold = holds.get(orderId);
        if (hold == null
                || hold.status() != HoldStatus.CAPTURED
                || !hold.userId().equals(userId)) {
            return FakeAnswer.problem(404, "capture_not_found");
        }
        Map<UUID, BigDecimal> parts = refunds.computeIfAbsent(orderId, any -> new HashMap<>());
        if (!parts.containsKey(refundId)) {
            if (refunded(orderId).add(amount).compareTo(hold.amount()) > 0) {
                return FakeAnswer.problem(422, "refund_exceeds_captured");
            }
            parts.put(refundId, amount);
            available.merge(userId, amount, BigDecimal::add);
        }
        return new FakeAnswer(200, "{\"status\":\"refunded\"}");
    }

    /** What was given back of a captured order in parts. */
    public synchronized BigDecimal refunded(UUID orderId) {
        return FakeReconciliation.sum(refunds.getOrDefault(orderId, Map.of()));
    }

    /** Payments was restored to before them; or has others, which the order does not know. */
    public synchronized void setRefunds(UUID orderId, BigDecimal... amounts) {
        Map<UUID, BigDecimal> parts = new HashMap<>();
        for (BigDecimal amount : amounts) {
            parts.put(UUID.randomUUID(), amount);
        }
        refunds.put(orderId, parts);
    }

    private void giveBack(UUID orderId, Hold hold, HoldStatus from, HoldStatus to) {
        if (hold.status() == from) {
            available.merge(hold.userId(), hold.amount(), BigDecimal::add);
            holds.put(orderId, hold.with(to));
        }
    }

    synchronized FakeAnswer reconcile(String path, JsonNode body) {
        return reconciliation.answer(path, body);
    }

    private static void set(Set<UUID> ids, UUID id, boolean yes) {
        if (yes) {
            ids.add(id);
        } else {
            ids.remove(id);
        }
    }
}
