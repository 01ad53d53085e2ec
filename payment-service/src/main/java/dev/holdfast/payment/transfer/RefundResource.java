package dev.holdfast.payment.transfer;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.OrderService;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.CurrentCaller;
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
@Path("/internal/refunds")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
@RolesAllowed(Roles.SERVICE)
class RefundResource {
    record RefundRequest(@NotNull UUID orderId, @NotNull UUID userId) {}

    @Schema(name = "PartRefundRequest")
    record PartRefundRequest(
            @NotNull UUID refundId,
            @NotNull UUID orderId,
            @NotNull UUID userId,
            @Amount BigDecimal amount) {}

    @Schema(name = "BookedRefund")
    record RefundView(@Schema(enumeration = "refunded") String status, UUID orderId, BigDecimal amount) {}

    private final Refunds refunds;
    private final AccountTurns turns;
    private final CurrentCaller caller;

    RefundResource(Refunds refunds, AccountTurns turns, CurrentCaller caller) {
        this.refunds = refunds;
        this.turns = turns;
        this.caller = caller;
    }

    @POST
    @Operation(
            operationId = "refund",
            summary = "Refund an order that was captured after its cancellation",
            description = "Gives back all that is left of the captured money, once; asking again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "Refunded, now or before",
            content = @Content(schema = @Schema(implementation = RefundView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "404", description = "Nothing captured for this order of this user (capture_not_found)")
    @APIResponse(responseCode = "422", description = "No room on the account (balance_limit_exceeded)")
    public RefundView refund(@NotNull @Valid RefundRequest request) {
        return refund(new OrderRefund(request.orderId, request.userId, null, null));
    }

    @POST
    @Path("parts")
    @Operation(
            operationId = "refundPart",
            summary = "Refund a part of a captured order, or all of it",
            description =
                    "Many such refunds of an order are possible, up to what was captured. Each is made once, by its id;"
                            + " asking again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "Refunded, now or before",
            content = @Content(schema = @Schema(implementation = RefundView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "404", description = "Nothing captured for this order of this user (capture_not_found)")
    @APIResponse(responseCode = "409", description = "The refund of this id was of another amount (refund_conflict)")
    @APIResponse(
            responseCode = "422",
            description = "Less is left of what was captured (refund_exceeds_captured), or no room on the account"
                    + " (balance_limit_exceeded)")
    public RefundView refundPart(@NotNull @Valid PartRefundRequest request) {
        return refund(new OrderRefund(request.orderId, request.userId, request.refundId, request.amount));
    }

    private RefundView refund(OrderRefund refund) {
        // Nobody else knows of this route, so that is who it claims to be where nobody is authenticated.
        Acting acting = caller.acting(OrderService.NAME);
        return switch (turns.inTurn(refund.userId(), () -> refunds.refund(refund, acting))) {
            case Refunds.Result.Refunded refunded -> new RefundView("refunded", refund.orderId(), refunded.amount());
            case Refunds.Result.NotRefunded.NOTHING_CAPTURED ->
                throw Problem.of(404, "capture_not_found", "Nothing was captured for this order of this user.");
            case Refunds.Result.NotRefunded.EXCEEDS_CAPTURED ->
                throw Problem.of(422, "refund_exceeds_captured", "Less is left of what was captured for this order.");
            case Refunds.Result.NotRefunded.OTHER_AMOUNT ->
                throw Problem.of(409, "refund_conflict", "The refund of this id was of another amount.");
            case Refunds.Result.NotRefunded.OVER_LIMIT ->
                throw Problem.of(422, "balance_limit_exceeded", "The account cannot hold that much.");
        };
    }
}
