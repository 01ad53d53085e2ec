package dev.holdfast.rest;

import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Problems of which only the HTTP status is known: the router's own, and whatever nobody foresaw. */
final class StatusProblems {
    private static final Set<String> HEADERS = Set.of("allow", "connection", "retry-after", "www-authenticate");

    private StatusProblems() {}

    static Problem of(int status) {
        return of(status, Map.of());
    }

    static Problem of(int status, Map<String, String> headers) {
        return Problem.of(status, code(status), detail(status), headers);
    }

    /** The same with those headers of a bare answer that belong to the refusal. */
    static Problem explain(Response bare) {
        Map<String, String> headers = bare.getStringHeaders().entrySet().stream()
                .filter(header -> HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toMap(Map.Entry::getKey, header -> String.join(", ", header.getValue())));
        return of(bare.getStatus(), headers);
    }

    static String code(int status) {
        return switch (status) {
            case 400 -> "bad_request";
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 406 -> "not_acceptable";
            case 411 -> "length_required";
            case 413 -> "payload_too_large";
            case 414 -> "uri_too_long";
            case 415 -> "unsupported_media_type";
            case 431 -> "headers_too_large";
            case 503 -> "overloaded";
            default -> status < 500 ? "bad_request" : "internal_error";
        };
    }

    static String detail(int status) {
        return switch (status) {
            case 400 -> "The request could not be understood: its path or its headers are not well-formed.";
            case 401 -> "This needs a bearer token that is valid; WWW-Authenticate says what is wrong.";
            case 403 -> "The roles of the caller do not allow this.";
            case 404 -> "Nothing is at this path.";
            case 405 -> "This path does not take this method.";
            case 406 -> "Answers come as application/json, which the Accept header excludes.";
            case 411 -> "A body needs a Content-Length, and no Transfer-Encoding.";
            case 413 -> "The body is larger than this service reads.";
            case 415 ->
                "The body must be sent with Content-Type: application/json, in UTF-8 and without a Content-Encoding.";
            case 503 -> "The service has too much to do at the moment; try again.";
            default ->
                status < 500
                        ? "The request could not be understood."
                        : "Something went wrong here, and has been logged under this trace_id.";
        };
    }
}
