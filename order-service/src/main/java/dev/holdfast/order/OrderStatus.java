package dev.holdfast.order;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The states of an order; {@link OrderLifecycle} says what may follow. */
public enum OrderStatus {
    /** Placed on held money, which is captured when somebody asks for it. */
    AUTHORIZED,
    /** Placed on held money, which is being captured. */
    NEW,
    /** Paid. */
    FINISHED,
    /** Not paid; the order's reason says why. */
    CANCELLED;

    /** Whether it is for good. */
    public boolean isTerminal() {
        return this != AUTHORIZED && this != NEW;
    }

    /** Of what is stored; null where a newer version of this service has stored it. */
    public static @Nullable OrderStatus stored(String text) {
        return Arrays.stream(values())
                .filter(status -> status.name().equals(text))
                .findFirst()
                .orElse(null);
    }
}
