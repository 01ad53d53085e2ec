package dev.holdfast.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a problem looks like, for the OpenAPI document and for clients that read one. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Problem", description = "What went wrong (RFC 9457)")
public record ProblemDetails(
        @Schema(examples = "about:blank") String type,
        @Schema(examples = "Bad Request") String title,
        @Schema(examples = "400") int status,

        @Schema(examples = "The request has wrong input: see errors.")
        String detail,

        @Schema(description = "The path of the request", examples = "/accounts/3f2504e0-4f89-41d3-9a0c-0305e82c3301")
        @Nullable
        String instance,

        @Schema(description = "A stable name for programs", examples = "validation_failed")
        String code,

        @Schema(description = "Finds this request in logs and traces", examples = "4bf92f3577b34da6a3ce929d0e0e4736")
        String traceId,

        @Schema(description = "Each wrong field, where the input was wrong") @Nullable
        List<FieldError> errors) {}
