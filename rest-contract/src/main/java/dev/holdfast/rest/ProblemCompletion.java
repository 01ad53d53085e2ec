package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import io.quarkiverse.resteasy.problem.validation.HttpValidationProblem;
import io.quarkiverse.resteasy.problem.validation.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives every problem the same form, whoever noticed it: the resource, Bean Validation, Jackson, the router or the
 * database. The extension's exception mappers find the status; this decides {@code code}, {@code detail} and
 * {@code errors} from the cause, so that no answer shows the name of a Java class.
 */
@ApplicationScoped
final class ProblemCompletion implements ProblemPostProcessor {
    private static final Logger LOG = Logger.getLogger(ProblemCompletion.class);
    private static final URI ABOUT_BLANK = URI.create("about:blank");

    private final RequestTrace trace;

    ProblemCompletion(RequestTrace trace) {
        this.trace = trace;
    }

    /** Before the extension's own post-processors (99 to 101), which would fill in less. */
    @Override
    public int priority() {
        return 102;
    }

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        HttpProblem known = explain(problem, context.cause);
        String traceId = trace.id();
        if (known.getStatusCode() == 500) {
            LOG.errorf(context.cause, "Request %s failed for a reason that nobody foresaw", traceId);
        } else if (known.getStatusCode() > 500) {
            LOG.warnf(
                    "Answered %d %s: %s",
                    known.getStatusCode(), known.getParameters().get("code"), context.cause);
        }
        return complete(known, context.path, traceId);
    }

    /** Adds what every problem has: {@code type}, {@code instance} and {@code trace_id}. */
    HttpProblem complete(HttpProblem known, @Nullable String path, String traceId) {
        HttpProblem.Builder complete = HttpProblem.builder(known);
        if (known.getType() == null) {
            complete.withType(ABOUT_BLANK);
        }
        if (known.getInstance() == null) {
            complete.withInstance(instance(path));
        }
        return complete.with("trace_id", traceId).build();
    }

    private static HttpProblem explain(HttpProblem problem, Throwable cause) {
        if (problem instanceof HttpValidationProblem) {
            return Problem.invalid(violations(problem));
        }
        return switch (reason(cause)) {
            case HttpProblem own -> own;
            case JsonProcessingException json -> JsonProblems.explain(json);
            case WebApplicationException http -> StatusProblems.explain(problem);
            // The client went away within its body: nobody reads the answer, but it is no fault of this service.
            case IOException unread -> Problem.of(400, StatusProblems.code(400), "The body ended before its end.");
            case Throwable unexpected
            when problem.getStatusCode() == 500 -> {
                HttpProblem database = DatabaseProblems.explain(unexpected);
                yield database == null ? StatusProblems.explain(problem) : database;
            }
            case Throwable other -> StatusProblems.explain(problem);
        };
    }

    /** Jackson's errors and those of parameter converters arrive inside a {@link WebApplicationException}. */
    private static Throwable reason(Throwable cause) {
        // The body's limit is met while Jackson reads a field, which wraps it once more.
        for (Throwable wrapped = cause; wrapped != null; wrapped = wrapped.getCause()) {
            if (wrapped instanceof HttpProblem own) {
                return own;
            }
        }
        Throwable inner = cause instanceof WebApplicationException ? cause.getCause() : null;
        return inner instanceof JsonProcessingException ? inner : cause;
    }

    private static List<FieldError> violations(HttpProblem problem) {
        return problem.getParameters().get("violations") instanceof List<?> violations
                ? violations.stream()
                        .map(Violation.class::cast)
                        .map(violation -> new FieldError(jsonName(violation), violation.message))
                        .toList()
                : List.of();
    }

    /** Bean Validation knows Java's {@code orderId}; the client sent {@code order_id}. */
    private static String jsonName(Violation violation) {
        if (!violation.in.equals(Violation.In.body.name())) {
            return violation.field;
        }
        return violation.field.isEmpty() ? "body" : JsonConventions.SNAKE_CASE.translate(violation.field);
    }

    /** The path as a URI reference. The extension decodes it once more when it writes, so it is encoded twice. */
    private static @Nullable URI instance(@Nullable String path) {
        if (path == null) {
            return null;
        }
        try {
            String reference = new URI(null, null, path, null).getRawPath();
            return URI.create(URLEncoder.encode(reference, StandardCharsets.UTF_8));
        } catch (URISyntaxException unusualPath) {
            // The path is shown for people only; one that cannot be shown as a URI is left out.
            return null;
        }
    }
}
