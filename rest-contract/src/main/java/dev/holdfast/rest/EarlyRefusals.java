package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what the HTTP server would otherwise answer with an empty body before any resource is asked: a path that is no
 * URI, a body that is too large, or one whose length is not announced, since it would have to be counted while it is read. A
 * body without a type is refused here too, as it would be taken for JSON.
 */
@ApplicationScoped
final class EarlyRefusals {
    /** Far more than any request of the contract needs. */
    static final int BODY_BYTES_MAX = 64 * 1024;

    /** Before all of Quarkus' own routes. */
    private static final int PRIORITY = 1000;

    private final ObjectMapper json;

    EarlyRefusals(ObjectMapper json) {
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext context) {
        int status = refusal(context.request());
        if (status == 0) {
            context.next();
        } else {
            refuse(context, status);
        }
    }

    /** The status to refuse the request with, or 0. */
    private static int refusal(HttpServerRequest request) {
        if (!isReadable(request.path())) {
            return 400;
        }
        // Also beside a length, which says nothing then.
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            return 411;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && isOverLimit(length)) {
            return 413;
        }
        boolean hasBody = length != null && !length.equals("0");
        return hasBody && !request.headers().contains(HttpHeaders.CONTENT_TYPE) ? 415 : 0;
    }

    private static boolean isReadable(@Nullable String path) {
        if (path == null || path.indexOf('%') < 0) {
            return path != null;
        }
        try {
            // What stands for no character at all decodes to U+FFFD.
            return URLDecoder.decode(path, StandardCharsets.UTF_8).indexOf('\uFFFD') < 0;
        } catch (IllegalArgumentException noHexDigits) {
            return false;
        }
    }

    private static boolean isOverLimit(String length) {
        try {
            return Long.parseLong(length) > BODY_BYTES_MAX;
        } catch (NumberFormatException beyondLong) {
            return true;
        }
    }

    private void refuse(RoutingContext context, int status) {
        ProblemDetails problem = ProblemDetails.of(StatusProblems.of(status), context.request());
        // What is left of the body is not read, so the connection cannot be used for another request.
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        try {
            context.end(json.writeValueAsString(problem));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A problem could not be written as JSON", impossible);
        }
    }
}
