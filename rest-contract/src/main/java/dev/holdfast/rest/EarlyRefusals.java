package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.access.OpenMode;
import dev.holdfast.headers.AnswerHeaders;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every request before any resource is asked, and refuses what the HTTP server would answer with an empty body,
 * what Quarkus would answer with 500, and what it would take in one of two possible meanings. Each answer gets its
 * {@link AnswerHeaders} here, whoever gives it.
 */
@ApplicationScoped
final class EarlyRefusals {
    /** Before all of Quarkus' own routes. */
    private static final int PRIORITY = 1000;

    private static final String RANGE = "Range";

    /** Where Micrometer looks for the path that it counts under; the path itself may hold a user's id. */
    private static final String METRICS_PATH = "UrlPathTemplate";

    /** Until a resource sets its template. */
    private static final String NO_TEMPLATE = "/{path}";

    private final ObjectMapper json;
    private final OpenMode openMode;
    private final AnswerHeaders headers;
    private final boolean isAdminEnabled;

    EarlyRefusals(
            ObjectMapper json,
            OpenMode openMode,
            AnswerHeaders headers,
            @ConfigProperty(name = RequestTargets.ADMIN_ENABLED, defaultValue = "true") boolean isAdminEnabled) {
        this.json = json;
        this.openMode = openMode;
        this.headers = headers;
        this.isAdminEnabled = isAdminEnabled;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext context) {
        Vertx.currentContext().putLocal(METRICS_PATH, NO_TEMPLATE);
        headers.set(context.request().path(), context.response().headers());
        // Nothing here is large enough to be asked for in parts, and a server may send the whole (RFC 9110, 14.2).
        if (context.request().headers().contains(RANGE)) {
            context.request().headers().remove(RANGE);
        }
        Problem problem = refusal(context);
        if (problem == null) {
            context.next();
        } else {
            refuse(context, problem);
        }
    }

    private @Nullable Problem refusal(RoutingContext context) {
        Problem wrong = RequestTargets.refusal(context);
        if (wrong == null) {
            String foreign = openMode.refusal(
                    context.request().authority(), context.request().getHeader(HttpHeaders.ORIGIN));
            wrong = foreign == null ? null : Problem.of(403, StatusProblems.code(403), foreign + '.');
        }
        if (wrong == null && !isAdminEnabled && RequestTargets.isAdmin(context.normalizedPath())) {
            return StatusProblems.of(404);
        }
        if (wrong == null) {
            wrong = SingleHeaders.refusal(context.request());
        }
        return wrong == null ? RequestBodies.refusal(context.request()) : wrong;
    }

    private void refuse(RoutingContext context, Problem problem) {
        context.response().setStatusCode(problem.status()).putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        if (RequestBodies.isAnnounced(context.request())) {
            // What is left of the body is not read, so the connection cannot be used for another request.
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            UnreadBodies.discard(context);
        }
        problem.headers().forEach(context.response()::putHeader);
        try {
            context.end(json.writeValueAsString(ProblemDetails.of(problem, context.request())));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A problem could not be written as JSON", impossible);
        }
    }
}
