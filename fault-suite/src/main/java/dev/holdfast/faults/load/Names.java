package dev.holdfast.faults.load;

import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the operations of one load in its requests, so that each stored row tells which operation it is of.
 *
 * @param loadId tells this load from others, not less than 0
 */
record Names(long loadId) {
    private static final Pattern DESCRIPTION = Pattern.compile("load ([0-9a-f]+) ([0-9]{1,9})");

    Request order(Operation operation, long cents) {
        return Request.post(
                        "order",
                        "/orders?user_id=" + operation.ledger.user,
                        "{\"amount\":%s,\"description\":\"%s\"%s}"
                                .formatted(
                                        CustomerLedger.money(cents),
                                        description(operation),
                                        operation.manual ? ",\"capture\":\"manual\"" : ""))
                .withKey(key(operation));
    }

    /** Of an order that was placed. */
    Request cancel(Operation operation, UUID orderId) {
        return Request.post(
                "cancel",
                "/orders/" + orderId + "/cancel?user_id=" + operation.ledger.user,
                "{\"reason\":\"" + description(operation) + "\"}");
    }

    /** Of an order that was placed to be captured later. */
    Request capture(Operation operation, UUID orderId, String key, long cents) {
        return Request.post(
                        "capture",
                        "/orders/" + orderId + "/capture?user_id=" + operation.ledger.user,
                        "{\"amount\":" + CustomerLedger.money(cents) + "}")
                .withKey(key);
    }

    /**
     * Of an order that was placed.
     *
     * @param which tells the refunds of the order apart
     * @param cents null for all that is left
     */
    Request refund(Operation operation, UUID orderId, String which, @Nullable Long cents) {
        return Request.post(
                        "refund",
                        "/orders/" + orderId + "/refunds?user_id=" + operation.ledger.user,
                        cents == null ? "{}" : "{\"amount\":" + CustomerLedger.money(cents) + "}")
                .withKey(which);
    }

    Request deposit(Operation operation, long cents) {
        return move("deposit", "deposit", operation, cents);
    }

    Request withdrawal(Operation operation, long cents) {
        return move("withdrawal", "withdraw", operation, cents);
    }

    /** The request of an operation that can have an Idempotency-Key. */
    Request keyed(Operation operation, long cents) {
        return switch (operation.kind) {
            case ORDER -> order(operation, cents);
            case DEPOSIT -> deposit(operation, cents);
            case WITHDRAWAL -> withdrawal(operation, cents);
            case HOLD -> throw new IllegalArgumentException("A hold has no key: " + operation);
        };
    }

    private Request move(String kind, String act, Operation operation, long cents) {
        return Request.post(
                        kind,
                        "/accounts/" + operation.ledger.user + "/" + act,
                        "{\"amount\":" + CustomerLedger.money(cents) + "}")
                .withKey(key(operation));
    }

    Request hold(Operation operation, long cents, int expirySeconds) {
        return Request.hold(operation.ledger.user, holdId(operation), CustomerLedger.money(cents), expirySeconds);
    }

    Request release(Operation operation) {
        return Request.release(operation.ledger.user, holdId(operation));
    }

    private UUID holdId(Operation operation) {
        return new UUID(loadId, operation.number);
    }

    /** The number of the operation that took the hold; empty where it is none of this load's own. */
    OptionalInt ofHold(UUID orderId) {
        return orderId.getMostSignificantBits() == loadId
                ? OptionalInt.of((int) orderId.getLeastSignificantBits())
                : OptionalInt.empty();
    }

    /** The number of the operation that placed the order; empty where it is none of this load. */
    OptionalInt ofOrder(@Nullable String description) {
        Matcher name = DESCRIPTION.matcher(description == null ? "" : description);
        return name.matches() && name.group(1).equals(Long.toHexString(loadId))
                ? OptionalInt.of(Integer.parseInt(name.group(2)))
                : OptionalInt.empty();
    }

    private String description(Operation operation) {
        return "load " + Long.toHexString(loadId) + " " + operation.number;
    }

    private @Nullable String key(Operation operation) {
        return operation.repeatable ? Long.toHexString(loadId) + "-" + operation.number : null;
    }
}
