package dev.holdfast.delivery.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked for.
 *
 * @param action a stable name, for example {@code deposit}
 * @param objectType what it was done to, for example {@code account}
 * @param details what else is to be known in years: amounts, the other party
 */
public record Act(String action, String objectType, UUID objectId, Map<String, String> details) {
    public Act(String action, String objectType, UUID objectId) {
        this(action, objectType, objectId, Map.of());
    }

    /** The same with one detail more; null is left out. */
    public Act with(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(details);
        more.put(name, value.toString());
        return new Act(action, objectType, objectId, more);
    }
}
