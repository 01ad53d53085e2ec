package dev.holdfast.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text by which a trace travels (W3C Trace Context), with requests, messages and rows. */
public final class Traceparent {
    public static final String HEADER = "traceparent";

    /** Later versions of the standard may add to it. */
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[ -~]{0,64}");

    private static final int TRACE_BEGIN = 3;
    private static final int TRACE_END = 35;
    private static final int SPAN_BEGIN = 36;
    private static final int SPAN_END = 52;
    private static final int FLAGS = 53;
    private static final int HEX = 16;

    private Traceparent() {}

    /** Whether it is of the standard's form; anyone may have sent it. */
    public static boolean isValid(String traceparent) {
        return FORM.matcher(traceparent).matches();
    }

    public static String of(SpanContext span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }

    /** @param traceparent a {@linkplain #isValid valid} one, or null for none; a row may hold anything, which is not sampled */
    public static boolean isSampled(@Nullable String traceparent) {
        return traceparent != null
                && traceparent.length() > FLAGS + 1
                && (Character.digit(traceparent.charAt(FLAGS + 1), HEX) & 1) == 1;
    }

    /** @param traceparent a {@linkplain #isValid valid} one */
    public static String traceId(String traceparent) {
        return traceparent.substring(TRACE_BEGIN, TRACE_END);
    }

    /** The context of what comes after it. */
    static Context context(String traceparent) {
        SpanContext parent = SpanContext.createFromRemoteParent(
                traceId(traceparent),
                traceparent.substring(SPAN_BEGIN, SPAN_END),
                TraceFlags.fromHex(traceparent, FLAGS),
                TraceState.getDefault());
        return Context.root().with(Span.wrap(parent));
    }
}
