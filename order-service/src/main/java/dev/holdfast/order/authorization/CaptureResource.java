package dev.holdfast.order.authorization;

import dev.holdfast.access.Roles;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderView;
import dev.holdfast.order.authorization.CaptureResult.NotRequested;
import dev.holdfast.order.authorization.CaptureResult.Requested;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.RequestTrace;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Captures orders that were placed to be captured later. */
@Path("/orders")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "orders")
class CaptureResource {
    private final Captures captures;
    private final CurrentCaller caller;
    private final RequestTrace trace;

    CaptureResource(Captures captures, CurrentCaller caller, RequestTrace trace) {
        this.captures = captures;
        this.caller = caller;
        this.trace = trace;
    }

    @POST
    @Path("/{order_id}/capture")
    @RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "captureOrder",
            summary = "Charge an order that is AUTHORIZED",
            description =
                    "The whole of it or a part, once; the rest of what is held is free when it is charged. The order is NEW"
                            + " then, and is charged in the background. With an Idempotency-Key a repeated request is answered"
                            + " again, with the order as it is by then; without one it is refused.")
    @APIResponse(
            responseCode = "202",
            description = "The order",
            content = @Content(schema = @Schema(implementation = OrderView.class)),
            headers =
                    @Header(
                            name = IdempotencyKey.REPLAYED_HEADER,
                            description = "true where an earlier request of the same key asked for it",
                            schema = @Schema(type = SchemaType.BOOLEAN)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "order_not_found, also when it is another user's")
    @APIResponse(
            responseCode = "409",
            description =
                    "order_not_authorized: it was captured or cancelled before, its time is over, or it is charged"
                            + " without being asked for")
    @APIResponse(
            responseCode = "422",
            description = "capture_exceeds_held; or idempotency_key_reused: the key was used to capture another amount")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public Response capture(
            @PathParam("order_id") UUID orderId,
            @NotNull @QueryParam("user_id") UUID userId,
            @Parameter(description = "The client's name for this request; 1 to 255 visible ASCII characters")
                    @HeaderParam(IdempotencyKey.HEADER)
                    @Nullable
                    IdempotencyKey key,
            @Context HttpHeaders headers,
            @Valid @Nullable CaptureOrder body) {
        if (body == null && headers.getLength() > 0) {
            throw Problem.invalid("body", "must be a JSON object");
        }
        return answer(captures.capture(new CaptureRequest(
                userId,
                orderId,
                body == null ? null : body.amount(),
                key == null ? null : key.value(),
                caller.acting(),
                trace.parent())));
    }

    private static Response answer(CaptureResult result) {
        return switch (result) {
            case Requested(Order order, boolean replayed) -> {
                Response.ResponseBuilder accepted = Response.accepted(OrderView.of(order));
                if (replayed) {
                    accepted.header(IdempotencyKey.REPLAYED_HEADER, true);
                }
                yield accepted.build();
            }
            case NotRequested.ORDER_NOT_FOUND -> throw Problem.orderNotFound();
            case NotRequested.ORDER_NOT_AUTHORIZED ->
                throw refused(
                        409, NotRequested.ORDER_NOT_AUTHORIZED, "This order is not to be captured, or not any more.");
            case NotRequested.CAPTURE_EXCEEDS_HELD ->
                throw refused(422, NotRequested.CAPTURE_EXCEEDS_HELD, "Less is held for this order.");
            case NotRequested.KEY_REUSED ->
                throw refused(
                        422,
                        NotRequested.KEY_REUSED,
                        "This Idempotency-Key was used to capture another amount of this order.");
        };
    }

    private static Problem refused(int status, NotRequested reason, String detail) {
        return Problem.of(status, reason.code(), detail);
    }
}
