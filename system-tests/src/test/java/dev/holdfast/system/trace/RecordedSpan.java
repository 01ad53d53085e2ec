package dev.holdfast.system.trace;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One span as a service exported it.
 *
 * @param links the traces of the spans that it links to
 */
public record RecordedSpan(
        String service,
        String name,
        String kind,
        String traceId,
        String spanId,
        String parentId,
        long startNanos,
        long endNanos,
        Map<String, String> attributes,
        List<String> links) {

    static RecordedSpan of(String service, Span span) {
        return new RecordedSpan(
                service,
                span.getName(),
                span.getKind().name().replace("SPAN_KIND_", ""),
                hex(span.getTraceId().toByteArray()),
                hex(span.getSpanId().toByteArray()),
                hex(span.getParentSpanId().toByteArray()),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                attributes(span.getAttributesList()),
                span.getLinksList().stream()
                        .map(link -> hex(link.getTraceId().toByteArray()))
                        .toList());
    }

    /** By which spans are told apart: who has done what. */
    public String step() {
        return service.replace("-service", "") + ": " + kind + ' ' + name;
    }

    static Map<String, String> attributes(List<KeyValue> attributes) {
        return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, each -> text(each.getValue())));
    }

    private static String text(AnyValue value) {
        return value.hasStringValue() ? value.getStringValue() : Long.toString(value.getIntValue());
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }
}
