package dev.holdfast.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A refusal to throw from a resource, answered as problem details (RFC 9457): a stable {@code code} for programs, a
 * {@code detail} for people. {@link ProblemDetails} adds what is the same for all: {@code type}, {@code instance} and
 * {@code trace_id}.
 */
public final class Problem extends RuntimeException {
    public static final String VALIDATION_FAILED = "validation_failed";
    public static final String MALFORMED_JSON = "malformed_json";
    public static final String IDEMPOTENCY_IN_PROGRESS = "idempotency_in_progress";
    public static final String IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused";

    static final String MEDIA_TYPE = "application/problem+json";

    private final int status;
    private final String code;
    private final String detail;
    private final transient List<FieldError> errors;
    private final transient Map<String, String> headers;

    private Problem(int status, String code, String detail, List<FieldError> errors, Map<String, String> headers) {
        // A refusal is an answer, not a fault: nobody reads its stack.
        super(status + " " + code, null, false, false);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.errors = errors;
        this.headers = headers;
    }

    /** A problem of this HTTP status; {@code code} never changes once it is published. */
    public static Problem of(int status, String code, String detail) {
        return of(status, code, detail, Map.of());
    }

    /** The same with response headers, for example {@code Allow}. */
    public static Problem of(int status, String code, String detail, Map<String, String> headers) {
        return new Problem(status, code, detail, List.of(), headers);
    }

    /** A problem that is worth another try after {@code retryAfter}, rounded up to whole seconds. */
    public static Problem retryLater(int status, String code, String detail, Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusSeconds(1).minusNanos(1).toSeconds());
        return of(status, code, detail, Map.of(HttpHeaders.RETRY_AFTER, Long.toString(seconds)));
    }

    /** 404, where a user has no account; also where the caller must not know of it. */
    public static Problem accountNotFound() {
        return of(404, "account_not_found", "There is no account of this user.");
    }

    /** 404, where a user has no such order; also where the caller must not know of it. */
    public static Problem orderNotFound() {
        return of(404, "order_not_found", "This user has no such order.");
    }

    /** 400 {@code validation_failed}, naming one wrong field. */
    public static Problem invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** 400 {@code validation_failed}, naming each wrong field. */
    public static Problem invalid(List<FieldError> errors) {
        return withErrors(400, VALIDATION_FAILED, "The request has wrong input: see errors.", errors);
    }

    static Problem withErrors(int status, String code, String detail, List<FieldError> errors) {
        return new Problem(status, code, detail, List.copyOf(errors), Map.of());
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    /** Empty where the input was not wrong. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Response headers that the answer needs. */
    public Map<String, String> headers() {
        return headers;
    }

    String title() {
        if (status == 422) {
            return "Unprocessable Content";
        }
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "Problem" : known.getReasonPhrase();
    }
}
