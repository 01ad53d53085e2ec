package dev.holdfast.rest;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/** Gives a refusal that {@link ProblemMapper} did not see, such as one by Quarkus' security, the body of a problem. */
@Provider
public final class ProblemBodies implements ContainerResponseFilter {
    private static final Annotation[] NONE = {};

    private final CurrentVertxRequest current;

    ProblemBodies(CurrentVertxRequest current) {
        this.current = current;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() >= 400 && !(response.getEntity() instanceof ProblemDetails)) {
            response.setEntity(
                    ProblemDetails.of(
                            StatusProblems.of(response.getStatus()),
                            current.getCurrent().request()),
                    NONE,
                    MediaType.valueOf(Problem.MEDIA_TYPE));
        }
    }
}
