package dev.holdfast.faults.load;

import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the operations of one load are named in requests, so that each row they leave tells which operation it is of.
 *
 * @param run one load's own, not less than 0
 */
record Names(long run) {
    private static final Pattern DESCRIPTION = Pattern.compile("load ([0-9a-f]+) ([0-9]{1,9})");

    Request order(Operation operation, long cents) {
        return Request.post(
                        "order",
                        "/orders?user_id=" + operation.book.user,
                        "{\"amount\":%s,\"description\":\"%s\"}".formatted(Book.money(cents), description(operation)))
                .withKey(key(operation));
    }

    Request deposit(Operation operation, long cents) {
        return Request.post(
                        "deposit",
                        "/accounts/" + operation.book.user + "/deposit",
                        "{\"amount\":" + Book.money(cents) + "}")
                .withKey(key(operation));
    }

    Request hold(Operation operation, long cents, int expirySeconds) {
        return Request.post(
                "hold",
                "/accounts/" + operation.book.user + "/hold",
                "{\"order_id\":\"%s\",\"amount\":%s,\"expires_in_seconds\":%d}"
                        .formatted(holdId(operation), Book.money(cents), expirySeconds));
    }

    Request release(Operation operation) {
        return Request.post(
                "release",
                "/accounts/" + operation.book.user + "/release",
                "{\"order_id\":\"" + holdId(operation) + "\"}");
    }

    UUID holdId(Operation operation) {
        return new UUID(run, operation.number);
    }

    /** The number of the operation that took the hold; empty where it is none of this load's own. */
    OptionalInt ofHold(UUID orderId) {
        return orderId.getMostSignificantBits() == run
                ? OptionalInt.of((int) orderId.getLeastSignificantBits())
                : OptionalInt.empty();
    }

    /** The number of the operation that placed the order; empty where it is none of this load. */
    OptionalInt ofOrder(@Nullable String description) {
        Matcher name = DESCRIPTION.matcher(description == null ? "" : description);
        return name.matches() && name.group(1).equals(Long.toHexString(run))
                ? OptionalInt.of(Integer.parseInt(name.group(2)))
                : OptionalInt.empty();
    }

    private String description(Operation operation) {
        return "load " + Long.toHexString(run) + " " + operation.number;
    }

    private @Nullable String key(Operation operation) {
        return operation.repeatable ? Long.toHexString(run) + "-" + operation.number : null;
    }
}
