package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ValidationException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers every exception as a problem: {@code code}, {@code detail} and {@code errors} come from its cause, so that no
 * answer shows the name of a Java class. Quarkus itself answers those of its security, with {@code WWW-Authenticate};
 * {@link ProblemBodies} then adds the body.
 */
public final class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Instance<PassingFailures> passing;
    private final AllowedMethods allowed;

    ProblemMapper(Instance<PassingFailures> passing, AllowedMethods allowed) {
        this.passing = passing;
        this.allowed = allowed;
    }

    /** Those beside {@link Throwable} are here because Quarkus has mappers of its own for them. */
    @ServerExceptionMapper({
        Throwable.class,
        WebApplicationException.class,
        NotFoundException.class,
        ValidationException.class,
        ConstraintViolationException.class,
        MismatchedInputException.class
    })
    public Response answer(Throwable failure, RoutingContext routing, ResourceInfo resource) {
        Problem problem = explain(failure, routing, resource);
        ProblemDetails details = ProblemDetails.of(problem, routing.request());
        if (problem.status() == 500) {
            LOG.errorf(
                    failure,
                    "%s %s failed for a reason that nobody foresaw",
                    routing.request().method(),
                    routing.normalizedPath());
        } else if (problem.status() > 500) {
            LOG.warnf("Answered %d %s: %s", problem.status(), problem.code(), failure);
        }
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(details);
        problem.headers().forEach(response::header);
        return response.build();
    }

    private Problem explain(Throwable failure, RoutingContext routing, ResourceInfo resource) {
        return switch (reason(failure)) {
            case Problem own -> own;
            // What is wrong with a body arrives so; anything else of Jackson's is an answer that could not be written.
            case JsonProcessingException json
            when json instanceof MismatchedInputException || failure instanceof WebApplicationException ->
                JsonProblems.explain(json);
            case JsonProcessingException unwritten -> StatusProblems.of(500);
            case NotAllowedException wrongMethod ->
                StatusProblems.of(405, Map.of(HttpHeaders.ALLOW, allowed.at(routing.normalizedPath())));
            case WebApplicationException http -> StatusProblems.explain(http.getResponse());
            case ConstraintViolationException wrong -> Problem.invalid(Violations.of(wrong, resource));
            // The client went away before its body was read: nobody reads the answer, but it is no fault of this
            // service. No
            // resource does anything else that fails so.
            case IOException unread -> Problem.of(400, StatusProblems.code(400), "The body ended before its end.");
            case Throwable trouble
            when passing.isResolvable() && passing.get().passes(trouble) ->
                Problem.retryLater(
                        503,
                        "overloaded",
                        "The database is busy or not to be reached at the moment; try again.",
                        RETRY_AFTER);
            case Throwable unexpected -> StatusProblems.of(500);
        };
    }

    /** Jackson's errors and those of parameter converters arrive inside a {@link WebApplicationException}. */
    private static Throwable reason(Throwable failure) {
        // A parameter converter's problem is wrapped once more.
        for (Throwable wrapped = failure; wrapped != null; wrapped = wrapped.getCause()) {
            if (wrapped instanceof Problem own) {
                return own;
            }
        }
        Throwable inner = failure instanceof WebApplicationException ? failure.getCause() : null;
        return inner instanceof JsonProcessingException ? inner : failure;
    }
}
