package dev.holdfast.logging;

import java.util.UUID;

/** A parameter of a log line that is a field of its own where lines are JSON. In text it reads as its value. */
public record LogField(String name, Object value) {
    public static final String TRACE_ID = "trace_id";
    public static final String ORDER_ID = "order_id";
    public static final String USER_ID = "user_id";

    public static LogField order(UUID id) {
        return new LogField(ORDER_ID, id);
    }

    public static LogField user(UUID id) {
        return new LogField(USER_ID, id);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
