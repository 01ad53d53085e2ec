package dev.holdfast.gateway;

import dev.holdfast.logging.LineContext;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.IncomingTrace;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.ContextInternal;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The request that this event loop works for at the moment: log lines name its trace, and the order and the user that it is
 * about. Kept in Vert.x' context of the request, which all follows that the request causes.
 */
@Singleton
final class CurrentRequest implements LineContext {
    private static final List<String> NAMES = List.of(LogField.ORDER_ID, LogField.USER_ID);

    /** By which OpenTelemetry's extension names its span of the request. */
    private static final String ROUTE = "VertxRoute";

    private record Received(HttpServerRequest request, Operations.@Nullable Operation operation) {}

    /** @param operation null for none of the API's */
    static void set(HttpServerRequest request, Operations.@Nullable Operation operation) {
        Context context = ofRequest();
        if (context != null) {
            context.putLocal(CurrentRequest.class, new Received(request, operation));
            if (operation != null) {
                context.putLocal(ROUTE, operation.template());
            }
        }
    }

    @Override
    public void describe(Map<String, String> fields) {
        Context context = ofRequest();
        Received received = context == null ? null : context.getLocal(CurrentRequest.class);
        if (received == null) {
            return;
        }
        HttpServerRequest request = received.request();
        fields.putIfAbsent(LogField.TRACE_ID, IncomingTrace.orNewOf(request).getTraceId());
        Map<String, String> parameters = new HashMap<>();
        if (received.operation() != null) {
            request.params().forEach(parameter -> parameters.put(parameter.getKey(), parameter.getValue()));
            parameters.putAll(Operations.parameters(received.operation(), request.path()));
        }
        for (String name : NAMES) {
            String id = parameters.get(name);
            if (id != null && isId(id)) {
                fields.putIfAbsent(name, id);
            }
        }
    }

    /** Null on a thread that works for no request, or for more than one. */
    private static @Nullable Context ofRequest() {
        Context context = Vertx.currentContext();
        return context instanceof ContextInternal inner && inner.isDuplicate() ? context : null;
    }

    /** Anyone may have sent it. */
    private static boolean isId(String text) {
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException foreign) {
            return false;
        }
    }
}
