package dev.holdfast.rest;

import dev.holdfast.logging.LineContext;
import dev.holdfast.logging.LogField;
import dev.holdfast.tracing.IncomingTrace;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jspecify.annotations.Nullable;

/** What log lines within a request belong to: its trace, and the order and the user that its path and query name. */
@Singleton
final class RequestFields implements LineContext {
    private static final List<String> NAMES = List.of(LogField.ORDER_ID, LogField.USER_ID);

    @Override
    public void describe(Map<String, String> fields) {
        ArcContainer beans = Arc.container();
        // Quarkus keeps the current request in CDI's request scope, which has ended on some threads, and with the
        // service.
        boolean isWithinRequest = beans != null && beans.requestContext().isActive();
        ResteasyReactiveRequestContext current = isWithinRequest ? CurrentRequestManager.get() : null;
        if (current == null) {
            return;
        }
        HttpServerRequest request = current.unwrap(HttpServerRequest.class);
        if (request != null) {
            fields.putIfAbsent(LogField.TRACE_ID, IncomingTrace.orNewOf(request).getTraceId());
        }
        UriInfo uri = current.getUriInfo();
        for (String name : NAMES) {
            String id = id(name, uri.getPathParameters());
            if (id == null) {
                id = id(name, uri.getQueryParameters());
            }
            if (id != null) {
                fields.putIfAbsent(name, id);
            }
        }
    }

    /** Null where it is none: anyone may have sent it. */
    private static @Nullable String id(String name, MultivaluedMap<String, String> parameters) {
        String sent = parameters.getFirst(name);
        if (sent == null) {
            return null;
        }
        try {
            return UUID.fromString(sent).toString();
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }
}
