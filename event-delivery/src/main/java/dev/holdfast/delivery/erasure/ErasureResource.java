package dev.holdfast.delivery.erasure;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.ClaimedOperator;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Erases texts over HTTP. Each service extends it with a path of its own below {@code /admin}, by which the gateway finds it. */
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public abstract class ErasureResource {
    private final Erasures erasures;
    private final CurrentCaller caller;

    protected ErasureResource(Erasures erasures, CurrentCaller caller) {
        this.erasures = erasures;
        this.caller = caller;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Operation(
            operationId = "eraseTexts",
            summary = "Erase the texts of a user",
            description =
                    "What the user has written, and what operators have written about the user, in this service: descriptions"
                            + " and reasons. Money and its moves stay, with the user's id, and so does the reason of this request. The"
                            + " same request again erases what has come since.")
    @APIResponse(
            responseCode = "200",
            description = "How many records had texts",
            content = @Content(schema = @Schema(implementation = ErasedTexts.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(
            responseCode = "503",
            description = "erasure_unfinished, overloaded: the same request after Retry-After seconds goes on")
    public ErasedTexts erase(
            @NotNull @Valid EraseTexts body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        long records = erasures.erase(body.userId(), Objects.requireNonNull(body.reason()), caller.acting(operator))
                .orElseThrow(() -> Problem.retryLater(
                        503,
                        "erasure_unfinished",
                        "The user has more texts than could be erased in the time; ask again.",
                        Duration.ofSeconds(1)));
        return new ErasedTexts(body.userId(), records);
    }
}
