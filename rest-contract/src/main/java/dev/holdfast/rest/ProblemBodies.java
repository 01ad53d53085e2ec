package dev.holdfast.rest;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/**
 * Completes answers that Quarkus gives itself: a refusal that {@link ProblemMapper} did not see, such as one by its
 * security, gets the body of a problem, and OPTIONS the methods of this very path.
 */
@Provider
public final class ProblemBodies implements ContainerResponseFilter {
    private static final Annotation[] NONE = {};

    private final CurrentVertxRequest current;
    private final AllowedMethods allowed;

    ProblemBodies(CurrentVertxRequest current, AllowedMethods allowed) {
        this.current = current;
        this.allowed = allowed;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() >= 400) {
            if (!(response.getEntity() instanceof ProblemDetails)) {
                response.setEntity(
                        ProblemDetails.of(
                                StatusProblems.of(response.getStatus()),
                                current.getCurrent().request()),
                        NONE,
                        MediaType.valueOf(Problem.MEDIA_TYPE));
            }
        } else if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            response.getHeaders()
                    .putSingle(
                            HttpHeaders.ALLOW, allowed.at(current.getCurrent().normalizedPath()));
        }
    }
}
