package dev.holdfast.order.payments;

import dev.holdfast.tracing.Spans;
import dev.holdfast.tracing.Traceparent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The spans of calls of payments, as OpenTelemetry's conventions for HTTP clients describe them. The REST client would make
 * them by itself ({@link Untraced}), but not know whose they are: a call is made for a batch, and mostly on no request's thread.
 */
@ApplicationScoped
class PaymentsSpans {
    private final Spans spans;

    PaymentsSpans(Spans spans) {
        this.spans = spans;
    }

    /**
     * Makes a call, with a span where its trace is recorded.
     *
     * @param traceparent what the call is a part of, null for nothing
     * @param call is given the traceparent to send
     */
    Uni<Response> around(
            String path, URI replica, @Nullable String traceparent, Function<@Nullable String, Uni<Response>> call) {
        if (!spans.isRecorded(traceparent)) {
            return call.apply(traceparent);
        }
        Span span = spans.span("POST " + path, SpanKind.CLIENT, traceparent)
                .setAttribute("http.request.method", "POST")
                .setAttribute("url.full", replica + path)
                .setAttribute("server.address", replica.getHost())
                .setAttribute("server.port", replica.getPort())
                .startSpan();
        return call.apply(Traceparent.of(span.getSpanContext()))
                .onItem()
                .invoke(response -> ended(span, response.getStatus()))
                .onFailure()
                .invoke(failure -> span.recordException(failure).setStatus(StatusCode.ERROR))
                .onTermination()
                .invoke(span::end);
    }

    private static void ended(Span span, int status) {
        span.setAttribute("http.response.status_code", status);
        if (status >= 400) {
            span.setStatus(StatusCode.ERROR);
        }
    }
}
