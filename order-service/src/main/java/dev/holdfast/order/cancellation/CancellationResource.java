package dev.holdfast.order.cancellation;

import dev.holdfast.access.Roles;
import dev.holdfast.order.OrderView;
import dev.holdfast.order.cancellation.Cancellation.Cancelled;
import dev.holdfast.order.cancellation.Cancellation.NotCancelled;
import dev.holdfast.order.cancellation.Cancellation.Outcome;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.RequestTrace;
import dev.holdfast.rest.access.CurrentCaller;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Cancels orders. */
@Path("/orders")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "orders")
class CancellationResource {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final Cancellations cancellations;
    private final CurrentCaller caller;
    private final RequestTrace trace;

    CancellationResource(Cancellations cancellations, CurrentCaller caller, RequestTrace trace) {
        this.cancellations = cancellations;
        this.caller = caller;
        this.trace = trace;
    }

    @POST
    @Path("/{order_id}/cancel")
    @RolesAllowed({Roles.CUSTOMER, Roles.BACKEND, Roles.OPERATOR})
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "cancelOrder",
            summary = "Cancel an order before its money is captured",
            description =
                    "Gives the reserved money free. An order is either cancelled or charged, whichever comes first; "
                            + "the same request again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "The order, CANCELLED: now, or before, also where that was for another reason",
            content = @Content(schema = @Schema(implementation = OrderView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "order_not_found, also when it is another user's")
    @APIResponse(
            responseCode = "409",
            description = "order_finished: its money is captured. The order may say so only a moment later")
    @APIResponse(
            responseCode = "503",
            description =
                    "payments_unavailable, overloaded: it is not known to be cancelled, and is to be asked for again. "
                            + "Where payments has released the money before its answer was lost, the order ends cancelled by itself")
    public Uni<OrderView> cancel(
            @PathParam("order_id") UUID orderId,
            @NotNull @QueryParam("user_id") UUID userId,
            @Context HttpHeaders headers,
            @Valid @Nullable CancelOrder body) {
        if (body == null && headers.getLength() > 0) {
            throw Problem.invalid("body", "must be a JSON object");
        }
        String reasonText = body == null ? null : body.reason();
        return cancellations
                .cancel(new CancelRequest(userId, orderId, reasonText, caller.acting(), trace.parent()))
                .map(CancellationResource::answer);
    }

    private static OrderView answer(Outcome outcome) {
        return switch (outcome) {
            case Cancelled cancelled -> OrderView.of(cancelled.order());
            case NotCancelled.ORDER_NOT_FOUND -> throw Problem.orderNotFound();
            case NotCancelled.ORDER_FINISHED ->
                throw Problem.of(
                        409,
                        NotCancelled.ORDER_FINISHED.code(),
                        "The money of this order is captured: it is not cancelled.");
            case NotCancelled.PAYMENTS_UNAVAILABLE ->
                throw Problem.retryLater(
                        503,
                        NotCancelled.PAYMENTS_UNAVAILABLE.code(),
                        "Payments gave no answer, so the order is not known to be cancelled: ask again.",
                        RETRY_AFTER);
            case NotCancelled.OF_NEWER_VERSION ->
                throw Problem.retryLater(
                        503,
                        "overloaded",
                        "A newer version of the service has to answer this; try again.",
                        RETRY_AFTER);
        };
    }
}
