package dev.holdfast.payment.hold;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.rest.Amount;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** For order-service alone: the gateway has no route here. */
@Path("/internal/cancellations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
@RolesAllowed(Roles.SERVICE)
class CancellationResource {
    @Schema(name = "PaymentCancellation")
    record CancellationRequest(
            @NotNull UUID orderId,
            @NotNull UUID userId,
            @Amount BigDecimal amount) {}

    @Schema(name = "CancelledPayment")
    record CancelledView(@Schema(enumeration = "cancelled") String status) {}

    private final Holds holds;
    private final AccountTurns turns;

    CancellationResource(Holds holds, AccountTurns turns) {
        this.holds = holds;
        this.turns = turns;
    }

    @POST
    @Operation(
            operationId = "cancelPayment",
            summary = "Let nothing be captured for an order any more",
            description =
                    "Gives its reserved money free, also where that has expired and could be reserved anew. An order "
                            + "that has nothing reserved, or whose captured money was given back, is answered so too. The same "
                            + "request again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "Nothing is captured for it, now or later",
            content = @Content(schema = @Schema(implementation = CancelledView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "409", description = "It was captured already (hold_captured)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public CancelledView cancel(@NotNull @Valid CancellationRequest request) {
        HoldResource.throwUnlessReleased(
                turns.inTurn(request.userId, () -> holds.cancel(request.userId, request.orderId, request.amount)));
        return new CancelledView("cancelled");
    }
}
