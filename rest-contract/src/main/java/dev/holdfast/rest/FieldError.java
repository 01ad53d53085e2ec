package dev.holdfast.rest;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One wrong field of a request.
 *
 * @param field its name in the JSON body ({@code body} for the body as a whole), the path, the query or the header
 * @param message what it must be, for a person
 */
@RegisterForReflection
@Schema(name = "FieldError", description = "One wrong field of the request")
public record FieldError(
        @Schema(examples = "amount") String field,
        @Schema(examples = "must be greater than 0") String message) {}
