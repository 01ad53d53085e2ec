package dev.holdfast.system.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes spans by OTLP over HTTP, and keeps them. */
public final class Collector implements AutoCloseable {
    private final HttpServer server;
    private final List<RecordedSpan> spans = new CopyOnWriteArrayList<>();

    public Collector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    /** The variables by which a service records every request, and sends what it recorded here. */
    public Map<String, String> environment() {
        return Map.of(
                "OTEL_TRACES_RATIO", "1",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "200ms");
    }

    /** Those that have come of this trace, in the order in which they began. */
    public List<RecordedSpan> trace(String traceId) {
        return spans.stream()
                .filter(span -> span.traceId().equals(traceId))
                .sorted((one, other) -> Long.compare(one.startNanos(), other.startNanos()))
                .toList();
    }

    public List<RecordedSpan> all() {
        return List.copyOf(spans);
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream sent = exchange.getRequestBody();
                InputStream body = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                        ? new GZIPInputStream(sent)
                        : sent) {
            for (ResourceSpans ofService :
                    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
                String service = RecordedSpan.attributes(ofService.getResource().getAttributesList())
                        .get("service.name");
                for (ScopeSpans scope : ofService.getScopeSpansList()) {
                    scope.getSpansList().forEach(span -> spans.add(RecordedSpan.of(service, span)));
                }
            }
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
