package dev.holdfast.order.refund;

import dev.holdfast.access.Roles;
import dev.holdfast.order.refund.RefundResult.NotRefunded;
import dev.holdfast.order.refund.RefundResult.Refunded;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.RequestTrace;
import dev.holdfast.rest.access.CurrentCaller;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
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

/** Refunds orders, and shows their refunds. */
@Path("/orders/{order_id}/refunds")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "orders")
class RefundResource {
    private final Refunds refunds;
    private final RefundTable table;
    private final CurrentCaller caller;
    private final RequestTrace trace;

    RefundResource(Refunds refunds, RefundTable table, CurrentCaller caller, RequestTrace trace) {
        this.refunds = refunds;
        this.table = table;
        this.caller = caller;
        this.trace = trace;
    }

    @POST
    @RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "refundOrder",
            summary = "Give money of a finished order back",
            description =
                    "A part of what was captured, or without an amount all that is left of it. An order can have many refunds,"
                            + " together never more than was captured. Send an Idempotency-Key: a repeated request then"
                            + " refunds once, and gets the same refund as it is by then. Each order has its own keys.")
    @APIResponse(
            responseCode = "201",
            description = "The refund: DONE, or PENDING where the money comes later",
            content = @Content(schema = @Schema(implementation = RefundView.class)),
            headers =
                    @Header(
                            name = IdempotencyKey.REPLAYED_HEADER,
                            description = "true where an earlier request of the same key asked for the refund",
                            schema = @Schema(type = SchemaType.BOOLEAN)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "order_not_found, also when it is another user's")
    @APIResponse(responseCode = "409", description = "order_not_finished: there is nothing captured to give back")
    @APIResponse(
            responseCode = "422",
            description =
                    "refund_exceeds_captured: less is left, or nothing; or idempotency_key_reused: the key was used"
                            + " for another amount or reason")
    @APIResponse(
            responseCode = "503",
            description = "overloaded: nothing was refunded; try again after Retry-After seconds")
    public Uni<Response> refund(
            @PathParam("order_id") UUID orderId,
            @NotNull @QueryParam("user_id") UUID userId,
            @Parameter(description = "The client's name for this refund; 1 to 255 visible ASCII characters")
                    @HeaderParam(IdempotencyKey.HEADER)
                    @Nullable
                    IdempotencyKey key,
            @NotNull @Valid RefundOrder body) {
        return refunds.refund(new RefundRequest(
                        userId,
                        orderId,
                        body.amount(),
                        body.reason(),
                        key == null ? null : key.value(),
                        caller.acting(),
                        trace.parent()))
                .map(RefundResource::answer);
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listRefunds",
            summary = "List the refunds of an order, newest first",
            description = "Follow the Link header to the next page. The refund of an order that was captured after its"
                    + " cancellation is not among them.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RefundView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "order_not_found, also when it is another user's")
    public Response list(
            @PathParam("order_id") UUID orderId,
            @NotNull @QueryParam("user_id") UUID userId,
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Context UriInfo request) {
        Page<OrderRefund> page = table.page(userId, orderId, limit, cursor).orElseThrow(Problem::orderNotFound);
        return new Page<>(page.rows().stream().map(RefundView::of).toList(), page.next()).toResponse(request);
    }

    private static Response answer(RefundResult result) {
        return switch (result) {
            case Refunded(OrderRefund refund, boolean replayed) -> {
                Response.ResponseBuilder created =
                        Response.status(Response.Status.CREATED).entity(RefundView.of(refund));
                if (replayed) {
                    created.header(IdempotencyKey.REPLAYED_HEADER, true);
                }
                yield created.build();
            }
            case NotRefunded.ORDER_NOT_FOUND -> throw Problem.orderNotFound();
            case NotRefunded.ORDER_NOT_FINISHED ->
                throw refused(
                        409,
                        NotRefunded.ORDER_NOT_FINISHED,
                        "Only what was captured for a FINISHED order is refunded.");
            case NotRefunded.REFUND_EXCEEDS_CAPTURED ->
                throw refused(422, NotRefunded.REFUND_EXCEEDS_CAPTURED, "Less is left of what was captured.");
            case NotRefunded.KEY_REUSED ->
                throw refused(
                        422, NotRefunded.KEY_REUSED, "This Idempotency-Key was used for another refund of this order.");
        };
    }

    private static Problem refused(int status, NotRefunded reason, String detail) {
        return Problem.of(status, reason.code(), detail);
    }
}
