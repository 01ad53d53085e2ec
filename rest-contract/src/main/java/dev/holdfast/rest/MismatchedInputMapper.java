package dev.holdfast.rest;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.quarkiverse.resteasy.problem.ExceptionMapperBase;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/** Takes the place of Quarkus' own mapper, whose answer has no body; {@link ProblemCompletion} then explains it. */
@Provider
public final class MismatchedInputMapper extends ExceptionMapperBase<MismatchedInputException> {
    @Override
    protected HttpProblem toProblem(MismatchedInputException exception) {
        return HttpProblem.valueOf(Response.Status.BAD_REQUEST);
    }
}
