package dev.holdfast.system.trace;

import java.util.List;
import java.util.Map;

/** Draws a trace as SVG: a line for each span, its bar where it was in time. */
public final class TracePicture {
    private static final int WIDTH = 1_000;
    private static final int LABELS = 340;
    private static final int ROW = 24;
    private static final int TOP = 34;
    private static final Map<String, String> COLOURS =
            Map.of("gateway-service", "#7a5195", "order-service", "#2f6db3", "payment-service", "#2e8b57");

    private TracePicture() {}

    /** @param trace in the order in which the spans began */
    public static String of(List<RecordedSpan> trace) {
        long begin = trace.getFirst().startNanos();
        long end = trace.stream().mapToLong(RecordedSpan::endNanos).max().orElseThrow();
        double perNano = (WIDTH - LABELS - 80) / (double) (end - begin);
        StringBuilder svg = new StringBuilder();
        add(svg, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="10" y="20" font-weight="bold">Trace of one order, %.1f ms from the request to its end</text>
                """, WIDTH, TOP + trace.size() * ROW + 10, millis(end - begin));
        int y = TOP;
        for (RecordedSpan span : trace) {
            double x = LABELS + (span.startNanos() - begin) * perNano;
            double width = Math.max(1.5, (span.endNanos() - span.startNanos()) * perNano);
            add(
                    svg,
                    """
                    <text x="10" y="%d" fill="#222222"><tspan fill="%s">%s</tspan> %s</text>
                    <rect x="%.1f" y="%d" width="%.1f" height="14" rx="2" fill="%s"/>
                    <text x="%.1f" y="%d" fill="#555555" font-size="10">%.1f ms</text>
                    """,
                    y + 15,
                    colour(span),
                    span.service(),
                    span.name(),
                    x,
                    y + 4,
                    width,
                    colour(span),
                    x + width + 4,
                    y + 15,
                    millis(span.endNanos() - span.startNanos()));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(format.formatted(values));
    }

    private static String colour(RecordedSpan span) {
        return COLOURS.getOrDefault(span.service(), "#888888");
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
