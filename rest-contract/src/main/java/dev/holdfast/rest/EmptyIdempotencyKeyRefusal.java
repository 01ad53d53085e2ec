package dev.holdfast.rest;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Refuses an empty key: the framework takes it for none, while the client believes itself protected by it. */
@Provider
public class EmptyIdempotencyKeyRefusal implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
        String key = request.getHeaderString(IdempotencyKey.HEADER);
        if (key != null && key.isBlank()) {
            throw Problem.invalid(IdempotencyKey.HEADER, IdempotencyKey.RULE);
        }
    }
}
