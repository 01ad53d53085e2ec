package dev.holdfast.order.placement;

import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.BatchSpans;
import dev.holdfast.tracing.Spans;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span for each order of a batch whose trace is recorded, in the span of its own request. */
@ApplicationScoped
class PlacementSpans {
    private final Spans spans;

    PlacementSpans(Spans spans) {
        this.spans = spans;
    }

    BatchSpans of(List<PendingOrder> batch) {
        List<@Nullable String> parents = new ArrayList<>(batch.size());
        batch.forEach(each -> parents.add(each.traceparent()));
        return spans.batch(
                parents,
                i -> spans.span("place order", SpanKind.INTERNAL, parents.get(i))
                        .setAttribute("holdfast.batch.size", batch.size())
                        .setAttribute(LogField.ORDER_ID, batch.get(i).id().toString())
                        .setAttribute(
                                LogField.USER_ID,
                                batch.get(i).request().userId().toString()));
    }

    /** The batch as a part of its spans. */
    static List<PendingOrder> within(BatchSpans spans, List<PendingOrder> batch) {
        if (!spans.areRecorded()) {
            return batch;
        }
        List<PendingOrder> within = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            within.add(batch.get(i).in(spans.traceparent(i)));
        }
        return within;
    }
}
