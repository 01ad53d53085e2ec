package dev.holdfast.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Makes problem details (RFC 9457) to throw from a resource: a stable {@code code} for programs, a {@code detail} for
 * people. {@link ProblemCompletion} adds what is the same for all: {@code type}, {@code instance} and {@code trace_id}.
 */
public final class Problem {
    public static final String VALIDATION_FAILED = "validation_failed";
    public static final String MALFORMED_JSON = "malformed_json";
    public static final String IDEMPOTENCY_IN_PROGRESS = "idempotency_in_progress";
    public static final String IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused";

    private static final String CODE = "code";
    private static final String ERRORS = "errors";

    private Problem() {}

    /** A problem of this HTTP status; {@code code} never changes once it is published. */
    public static HttpProblem of(int status, String code, String detail) {
        return builder(status, code, detail).build();
    }

    /** The same with response headers, for example {@code Allow}. */
    public static HttpProblem of(int status, String code, String detail, Map<String, ?> headers) {
        HttpProblem.Builder problem = builder(status, code, detail);
        headers.forEach(problem::withHeader);
        return problem.build();
    }

    /** A problem that is worth another try after {@code retryAfter}, rounded up to whole seconds. */
    public static HttpProblem retryLater(int status, String code, String detail, Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusSeconds(1).minusNanos(1).toSeconds());
        return of(status, code, detail, Map.of(HttpHeaders.RETRY_AFTER, seconds));
    }

    /** 400 {@code validation_failed}, naming one wrong field. */
    public static HttpProblem invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** 400 {@code validation_failed}, naming each wrong field. */
    public static HttpProblem invalid(List<FieldError> errors) {
        return withErrors(400, VALIDATION_FAILED, "The request has wrong input: see errors.", errors);
    }

    static HttpProblem withErrors(int status, String code, String detail, List<FieldError> errors) {
        return builder(status, code, detail).with(ERRORS, errors).build();
    }

    private static HttpProblem.Builder builder(int status, String code, String detail) {
        Response.Status known = Response.Status.fromStatusCode(status);
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(
                        status == 422 ? "Unprocessable Content" : known == null ? "Problem" : known.getReasonPhrase())
                .withDetail(detail)
                .with(CODE, code);
    }
}
