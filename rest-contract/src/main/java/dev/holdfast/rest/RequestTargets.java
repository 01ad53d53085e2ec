package dev.holdfast.rest;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request is for: a host and a path that can be read, and query parameters that are there once and say something. */
final class RequestTargets {
    /** Whether the paths below {@code /admin} are there. Read at run time: a native image serves both. */
    static final String ADMIN_ENABLED = "holdfast.admin.enabled";

    private RequestTargets() {}

    /** @param path a normalized one, so that nothing goes by two names */
    static boolean isAdmin(String path) {
        return path.startsWith("/admin") && (path.length() == 6 || path.charAt(6) == '/' || path.charAt(6) == ';');
    }

    static @Nullable Problem refusal(RoutingContext context) {
        boolean isHostReadable = context.request().authority() != null
                || (context.request().getHeader("Host") == null
                        && context.request().version() == HttpVersion.HTTP_1_0);
        String path = context.request().path();
        if (!isHostReadable || !isReadable(path) || hasOtherSpelling(path)) {
            return StatusProblems.of(400);
        }
        // Resources name the parameter that has a NUL; the handler of files fails over it.
        if (path.startsWith("/docs/") && path.contains("%00")) {
            return StatusProblems.of(404);
        }
        String query = context.request().query();
        if (query == null || query.isEmpty()) {
            return null;
        }
        if (!isReadable(query)) {
            return StatusProblems.of(400);
        }
        return isPage(path) ? null : wrongParameter(context);
    }

    /** Empty segments and parameters of a segment are dropped before a resource is looked for. */
    private static boolean hasOtherSpelling(String path) {
        return path.contains("//") || path.indexOf(';') >= 0;
    }

    /** Documents, whose parameters decide nothing of ours. */
    private static boolean isPage(String path) {
        return path.startsWith("/docs") || path.startsWith("/openapi");
    }

    /** No parameter of the contract is a list, and of two values nobody can tell which was meant. */
    private static @Nullable Problem wrongParameter(RoutingContext context) {
        try {
            // Quarkus reads the same map, which is made once.
            MultiMap parameters = context.queryParams();
            for (String name : parameters.names()) {
                List<String> values = parameters.getAll(name);
                if (values.size() > 1) {
                    return Problem.invalid(name, "must be given once");
                }
                if (values.getFirst().isEmpty()) {
                    return Problem.invalid(name, "must not be empty");
                }
            }
            return null;
        } catch (HttpException | IllegalArgumentException notDecodable) {
            return StatusProblems.of(400);
        }
    }

    private static boolean isReadable(@Nullable String encoded) {
        if (encoded == null || encoded.indexOf('%') < 0) {
            return encoded != null;
        }
        try {
            // What stands for no character at all decodes to U+FFFD.
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8).indexOf('\uFFFD') < 0;
        } catch (IllegalArgumentException noHexDigits) {
            return false;
        }
    }
}
