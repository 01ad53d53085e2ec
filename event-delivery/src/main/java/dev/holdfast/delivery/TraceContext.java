package dev.holdfast.delivery;

import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Carries the trace of a request along with its events (W3C Trace Context, {@code traceparent}). */
public final class TraceContext {
    /** The trace of each subject that this thread works on, which the events about it go on with. */
    private static final ScopedValue<Function<UUID, @Nullable String>> OF_SUBJECTS = ScopedValue.newInstance();

    static final String HEADER = "traceparent";

    /** Later versions of the standard may add to it. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[ -~]{0,64}");

    private TraceContext() {}

    /** Whether it is of the standard's form; anyone may have sent it. */
    static boolean isValid(String traceparent) {
        return TRACEPARENT.matcher(traceparent).matches();
    }

    /** Works on behalf of other threads' requests: the events about each subject go on with its trace, where it has one. */
    public static void with(Function<UUID, @Nullable String> traceOfSubject, Runnable work) {
        ScopedValue.where(OF_SUBJECTS, traceOfSubject).run(work);
    }

    /** As {@link #with}, for work that has a result. */
    static <R> R call(
            Function<UUID, @Nullable String> traceOfSubject, ScopedValue.CallableOp<R, RuntimeException> work) {
        return ScopedValue.where(OF_SUBJECTS, traceOfSubject).call(work);
    }

    static @Nullable String of(UUID subject) {
        return OF_SUBJECTS.isBound() ? OF_SUBJECTS.get().apply(subject) : null;
    }
}
