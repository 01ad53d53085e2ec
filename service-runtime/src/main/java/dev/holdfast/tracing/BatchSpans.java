package dev.holdfast.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The spans of one batch, see {@link Spans#batch}; each ends with the batch. */
public final class BatchSpans implements AutoCloseable {
    private final List<@Nullable String> parents;
    /** One for each of the batch, not valid for those that are not recorded; empty where none of them is. */
    private final List<Span> spans;

    BatchSpans(List<@Nullable String> parents, List<Span> spans) {
        this.parents = parents;
        this.spans = spans;
    }

    /** Whether one of the batch is recorded. */
    public boolean areRecorded() {
        return !spans.isEmpty();
    }

    /** What follows for the one at that index goes on with it; null where it has no trace. */
    public @Nullable String traceparent(int index) {
        return areRecorded() && spans.get(index).getSpanContext().isValid()
                ? Traceparent.of(spans.get(index).getSpanContext())
                : parents.get(index);
    }

    /** What is done for all of them goes on with it: that of the first that is recorded, or else of the first that has one. */
    public @Nullable String shared() {
        for (Span span : spans) {
            if (span.getSpanContext().isValid()) {
                return Traceparent.of(span.getSpanContext());
            }
        }
        for (String parent : parents) {
            if (parent != null) {
                return parent;
            }
        }
        return null;
    }

    /** @param reasons why each of the batch has failed, null for those that have not */
    public void failed(List<@Nullable String> reasons) {
        for (int i = 0; i < spans.size(); i++) {
            String reason = reasons.get(i);
            if (reason != null) {
                spans.get(i).setStatus(StatusCode.ERROR, reason);
            }
        }
    }

    /** All of them. */
    public void failed(Throwable failure) {
        spans.forEach(span -> span.recordException(failure).setStatus(StatusCode.ERROR));
    }

    @Override
    public void close() {
        spans.forEach(Span::end);
    }
}
