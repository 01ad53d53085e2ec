package dev.holdfast.gateway;

import org.jspecify.annotations.Nullable;

/** The gateway's own refusals, as RFC 9457 problem types; those of the services pass through untouched. */
enum Problem {
    MALFORMED_REQUEST(400, "malformed_request", "Bad Request"),
    UNAUTHORIZED(401, "unauthorized", "Unauthorized"),
    FORBIDDEN(403, "forbidden", "Forbidden"),
    NOT_FOUND(404, "not_found", "Not Found"),
    METHOD_NOT_ALLOWED(405, "method_not_allowed", "Method Not Allowed"),
    NOT_ACCEPTABLE(406, "not_acceptable", "Not Acceptable"),
    REQUEST_TIMEOUT(408, "request_timeout", "Request Timeout"),
    PAYLOAD_TOO_LARGE(413, "payload_too_large", "Content Too Large"),
    URI_TOO_LONG(414, "uri_too_long", "URI Too Long"),
    RANGE_NOT_SATISFIABLE(416, "range_not_satisfiable", "Range Not Satisfiable"),
    /** This client has sent more than it may; others are served. */
    TOO_MANY_REQUESTS(429, "too_many_requests", "Too Many Requests", 1),
    HEADERS_TOO_LARGE(431, "headers_too_large", "Request Header Fields Too Large"),
    INTERNAL_ERROR(500, "internal_error", "Internal Server Error"),
    /** The connection was lost after the request was sent: the service may or may not have acted on it. */
    UPSTREAM_LOST(502, "upstream_unavailable", "Bad Gateway", 1),
    /** Nothing was sent: it is safe to send the request again. */
    UPSTREAM_UNREACHABLE(503, "upstream_unavailable", "Service Unavailable", 1),
    /** Nobody can tell whether the token is good. */
    KEYS_UNAVAILABLE(503, "keys_unavailable", "Service Unavailable", 2),
    /** Nothing was sent: it is safe to send the request again. */
    OVERLOADED(503, "overloaded", "Service Unavailable", 1),
    UPSTREAM_TIMEOUT(504, "upstream_timeout", "Gateway Timeout", 2),
    VERSION_NOT_SUPPORTED(505, "http_version_not_supported", "HTTP Version Not Supported");

    final int status;
    final String code;
    final String title;
    /** 0 where there is no use in trying again. */
    final int retryAfterSeconds;

    /** What a handler of the gateway's own pages means by a status; null where it is no refusal that is known here. */
    static @Nullable Problem refusal(int status) {
        return switch (status) {
            case 400 -> MALFORMED_REQUEST;
            case 403, 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 413 -> PAYLOAD_TOO_LARGE;
            case 416 -> RANGE_NOT_SATISFIABLE;
            default -> status >= 400 && status < 500 ? MALFORMED_REQUEST : null;
        };
    }

    Problem(int status, String code, String title) {
        this(status, code, title, 0);
    }

    Problem(int status, String code, String title, int retryAfterSeconds) {
        this.status = status;
        this.code = code;
        this.title = title;
        this.retryAfterSeconds = retryAfterSeconds;
    }
}
