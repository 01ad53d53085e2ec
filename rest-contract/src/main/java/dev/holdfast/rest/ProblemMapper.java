package dev.holdfast.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ValidationException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers every exception as a problem: {@code code}, {@code detail} and {@code errors} come from its cause, so that no
 * answer shows the name of a Java class. Quarkus itself answers those of its security, with {@code WWW-Authenticate};
 * {@link ProblemBodies} then adds the body.
 */
public final class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    /** Those beside {@link Throwable} are here because Quarkus has mappers of its own for them. */
    @ServerExceptionMapper({
        Throwable.class,
        WebApplicationException.class,
        NotFoundException.class,
        ValidationException.class,
        ConstraintViolationException.class,
        MismatchedInputException.class
    })
    public Response answer(Throwable failure, HttpServerRequest request, ResourceInfo resource) {
        Problem problem = explain(failure, resource);
        ProblemDetails details = ProblemDetails.of(problem, request);
        if (problem.status() == 500) {
            LOG.errorf(failure, "Request %s failed for a reason that nobody foresaw", details.traceId());
        } else if (problem.status() > 500) {
            LOG.warnf("Answered %d %s: %s", problem.status(), problem.code(), failure);
        }
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(details);
        problem.headers().forEach(response::header);
        return response.build();
    }

    private static Problem explain(Throwable failure, ResourceInfo resource) {
        return switch (reason(failure)) {
            case Problem own -> own;
            case JsonProcessingException json -> JsonProblems.explain(json);
            case WebApplicationException http -> StatusProblems.explain(http.getResponse());
            case ConstraintViolationException wrong -> Problem.invalid(Violations.of(wrong, resource));
            case ValidationException wrong -> StatusProblems.of(400);
            // The client went away within its body: nobody reads the answer, but it is no fault of this service.
            case IOException unread -> Problem.of(400, StatusProblems.code(400), "The body ended before its end.");
            case Throwable unexpected -> {
                Problem database = DatabaseProblems.explain(unexpected);
                yield database == null ? StatusProblems.of(500) : database;
            }
        };
    }

    /** Jackson's errors and those of parameter converters arrive inside a {@link WebApplicationException}. */
    private static Throwable reason(Throwable failure) {
        // The body's limit is met while Jackson reads a field, which wraps it once more.
        for (Throwable wrapped = failure; wrapped != null; wrapped = wrapped.getCause()) {
            if (wrapped instanceof Problem own) {
                return own;
            }
        }
        Throwable inner = failure instanceof WebApplicationException ? failure.getCause() : null;
        return inner instanceof JsonProcessingException ? inner : failure;
    }
}
