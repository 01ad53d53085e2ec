package dev.holdfast.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of every refusal, whoever noticed it: the resource, Bean Validation, Jackson, the router or the database. */
@RegisterForReflection
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
        List<FieldError> errors) {

    static ProblemDetails of(Problem problem, HttpServerRequest request) {
        return new ProblemDetails(
                "about:blank",
                problem.title(),
                problem.status(),
                problem.detail(),
                instance(request.path()),
                problem.code(),
                RequestTrace.id(request),
                problem.errors().isEmpty() ? null : problem.errors());
    }

    /** The path as it was sent, or made a URI reference where it is none; null where it cannot be shown as one. */
    private static @Nullable String instance(@Nullable String path) {
        if (path == null) {
            return null;
        }
        try {
            return new URI(path).getRawPath();
        } catch (URISyntaxException unusual) {
            try {
                return new URI(null, null, path, null).getRawPath();
            } catch (URISyntaxException unshowable) {
                return null;
            }
        }
    }
}
