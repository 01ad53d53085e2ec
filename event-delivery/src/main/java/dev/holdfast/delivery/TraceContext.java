package dev.holdfast.delivery;

import dev.holdfast.logging.LineContext;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.Traceparent;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Carries the trace of a request along with its events (W3C Trace Context, {@code traceparent}). */
public final class TraceContext {
    /**
     * What this thread works on.
     *
     * @param ofSubject the trace of each subject, which the events about it go on with
     * @param shared the trace of the only one, or of one of them
     */
    private record Work(
            Function<UUID, @Nullable String> ofSubject,
            @Nullable String shared) {}

    private static final ScopedValue<Work> WORK = ScopedValue.newInstance();

    private TraceContext() {}

    /** Works on behalf of another thread's request, or of a message, with this trace; null where it has none. */
    public static void with(@Nullable String traceparent, Runnable work) {
        ScopedValue.where(WORK, new Work(any -> traceparent, traceparent)).run(work);
    }

    /**
     * Works on behalf of many: the events about each subject go on with its trace, where it has one.
     *
     * @param shared of one of them, for log lines that are about all
     */
    public static <R> R call(
            Function<UUID, @Nullable String> traceOfSubject,
            @Nullable String shared,
            ScopedValue.CallableOp<R, RuntimeException> work) {
        return ScopedValue.where(WORK, new Work(traceOfSubject, shared)).call(work);
    }

    /** A valid traceparent; null where there is none, or this thread does not work on the subject. */
    public static @Nullable String of(UUID subject) {
        return WORK.isBound() ? WORK.get().ofSubject().apply(subject) : null;
    }

    /** Log lines about an order belong to its trace, others to that of the work in which they are written. */
    @Singleton
    static final class Lines implements LineContext {
        @Override
        public void describe(Map<String, String> fields) {
            if (!WORK.isBound()) {
                return;
            }
            String order = fields.get(LogField.ORDER_ID);
            String trace = order == null ? WORK.get().shared() : of(UUID.fromString(order));
            if (trace != null) {
                fields.putIfAbsent(LogField.TRACE_ID, Traceparent.traceId(trace));
            }
        }
    }
}
