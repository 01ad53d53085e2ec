package dev.holdfast.logging;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stands for a failure in a log line, with the same stack, and with its messages escaped. */
final class EscapedFailure extends Exception {
    private final String description;

    private EscapedFailure(Throwable original, Set<Throwable> seen) {
        super(original.getMessage(), copy(original.getCause(), seen));
        description = ControlCharacters.escape(original.toString());
        setStackTrace(original.getStackTrace());
        for (Throwable suppressed : original.getSuppressed()) {
            Throwable copy = copy(suppressed, seen);
            if (copy != null) {
                addSuppressed(copy);
            }
        }
    }

    /** The failure itself where there is nothing to escape. */
    static @Nullable Throwable of(@Nullable Throwable failure) {
        return isForeign(failure, Collections.newSetFromMap(new IdentityHashMap<>()))
                ? copy(failure, Collections.newSetFromMap(new IdentityHashMap<>()))
                : failure;
    }

    /** Null where it was copied before, as a failure may be among its own causes. */
    private static @Nullable Throwable copy(@Nullable Throwable failure, Set<Throwable> seen) {
        return failure != null && seen.add(failure) ? new EscapedFailure(failure, seen) : null;
    }

    private static boolean isForeign(@Nullable Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        if (ControlCharacters.isIn(failure.toString()) || isForeign(failure.getCause(), seen)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (isForeign(suppressed, seen)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return description;
    }
}
