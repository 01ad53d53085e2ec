package dev.holdfast.payment.hold;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountTurns;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** For order-service alone: the gateway has no route here. */
@Path("/internal/releases")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
@RolesAllowed(Roles.SERVICE)
class ReleaseResource {
    @Schema(name = "ReleaseOfOrder")
    record ReleaseRequest(@NotNull UUID orderId, @NotNull UUID userId) {}

    private final Holds holds;
    private final AccountTurns turns;

    ReleaseResource(Holds holds, AccountTurns turns) {
        this.holds = holds;
        this.turns = turns;
    }

    @POST
    @Operation(
            operationId = "releaseOfOrder",
            summary = "Give the reserved money of an order free",
            description = "The same request again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "The money is free, now or before",
            content = @Content(schema = @Schema(implementation = HoldResource.ReleaseView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "404", description = "No such hold of this user (hold_not_found)")
    @APIResponse(responseCode = "409", description = "It was captured already (hold_captured)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public HoldResource.ReleaseView release(@NotNull @Valid ReleaseRequest request) {
        return HoldResource.answer(
                turns.inTurn(request.userId, () -> holds.release(request.userId, request.orderId, null)));
    }
}
