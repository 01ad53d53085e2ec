package dev.holdfast.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of what OpenTelemetry does not see: batches, and messages. Only what belongs to a recorded trace has any;
 * for all else nothing is made, and the trace goes on as it came.
 */
@ApplicationScoped
public class Spans {
    private final Tracer tracer;
    private final boolean on;

    /** @param ratio the share of traces that are recorded; where it is 0 there are no spans */
    @Inject
    public Spans(Tracer tracer, @ConfigProperty(name = "quarkus.otel.traces.sampler.arg") double ratio) {
        this.tracer = tracer;
        on = ratio > 0;
    }

    /** @param traceparent a valid one, or null */
    public boolean isRecorded(@Nullable String traceparent) {
        return on && Traceparent.isSampled(traceparent);
    }

    /** @param parent a valid traceparent, or null for a trace of its own */
    public SpanBuilder span(String name, SpanKind kind, @Nullable String parent) {
        SpanBuilder span = tracer.spanBuilder(name).setSpanKind(kind);
        return parent == null ? span.setNoParent() : span.setParent(Traceparent.context(parent));
    }

    /**
     * Starts the spans of what is done for many at once. Each is a part of its own trace, so that each trace tells the whole
     * way of its request; those after the first link to the first, under which what is done for all of them is found.
     *
     * @param parents valid traceparents, null for those without one
     * @param span what is done for the one at that index, begun by {@link #span}; not asked for those that are not recorded
     */
    public BatchSpans batch(List<@Nullable String> parents, IntFunction<SpanBuilder> span) {
        if (!on || parents.stream().noneMatch(Traceparent::isSampled)) {
            return new BatchSpans(parents, List.of());
        }
        List<Span> spans = new ArrayList<>(parents.size());
        Span first = null;
        for (int i = 0; i < parents.size(); i++) {
            if (!Traceparent.isSampled(parents.get(i))) {
                spans.add(Span.getInvalid());
                continue;
            }
            SpanBuilder begun = span.apply(i);
            if (first != null) {
                begun.addLink(first.getSpanContext());
            }
            Span started = begun.startSpan();
            first = first == null ? started : first;
            spans.add(started);
        }
        return new BatchSpans(parents, spans);
    }
}
