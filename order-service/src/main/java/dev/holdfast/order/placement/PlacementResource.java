package dev.holdfast.order.placement;

import dev.holdfast.access.Roles;
import dev.holdfast.order.Order;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.OrderView;
import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.RequestTrace;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Places orders. */
@Path("/orders")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "orders")
class PlacementResource {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final PlacementQueue queue;
    private final RequestTrace trace;

    PlacementResource(PlacementQueue queue, RequestTrace trace) {
        this.queue = queue;
        this.trace = trace;
    }

    @POST
    @RolesAllowed({Roles.CUSTOMER, Roles.BACKEND, Roles.OPERATOR})
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "placeOrder",
            summary = "Place an order",
            description =
                    "Reserves the money in the user's account and places the order, which is then charged in the "
                            + "background, or with capture manual once somebody captures it. Sent again with the same Idempotency-Key it is still one order.")
    @APIResponse(
            responseCode = "201",
            description = "The order, NEW; AUTHORIZED where it is captured later",
            content = @Content(schema = @Schema(implementation = OrderView.class)),
            headers = {
                @Header(
                        name = HttpHeaders.LOCATION,
                        description = "Where the order is found",
                        schema = @Schema(type = SchemaType.STRING)),
                @Header(
                        name = IdempotencyKey.REPLAYED_HEADER,
                        description = "true when an earlier request with this Idempotency-Key placed the order",
                        schema = @Schema(type = SchemaType.BOOLEAN))
            })
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "402", description = "insufficient_funds")
    @APIResponse(responseCode = "404", description = "account_not_found")
    @APIResponse(
            responseCode = "409",
            description = "account_frozen, account_closed, idempotency_key_exhausted, hold_conflict, hold_captured,"
                    + " hold_released, hold_refused")
    @APIResponse(responseCode = "422", description = "idempotency_key_reused")
    @APIResponse(
            responseCode = "503",
            description =
                    "payments_unavailable, overloaded: nothing was ordered; what was reserved is released, or expires",
            headers =
                    @Header(
                            name = HttpHeaders.RETRY_AFTER,
                            description = "Seconds",
                            schema = @Schema(type = SchemaType.INTEGER)))
    public CompletionStage<Response> place(
            @NotNull @QueryParam("user_id") UUID userId,
            @Parameter(description = "The client's name for this order; 1 to 255 visible ASCII characters")
                    @HeaderParam(IdempotencyKey.HEADER)
                    @Nullable
                    IdempotencyKey key,
            @NotNull @Valid PlaceOrder body) {
        OrderRequest request = new OrderRequest(
                userId,
                body.amount(),
                body.description(),
                body.capture() == CaptureMode.MANUAL,
                key == null ? null : key.value());
        return queue.place(request, trace.parent()).thenApply(PlacementResource::answer);
    }

    private static Response answer(Placement placement) {
        return switch (placement) {
            case Placement.Placed(Order order) -> created(order).build();
            case Placement.Replayed(Order order) ->
                created(order).header(IdempotencyKey.REPLAYED_HEADER, true).build();
            case Placement.Refused(HoldAnswer.Refused reason) -> throw refused(reason);
            case Placement.KeyReused reused ->
                throw Problem.of(
                        422,
                        Problem.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key was used for an order of another amount, description or capture.");
            case Placement.KeyExhausted exhausted ->
                throw Problem.of(
                        409,
                        "idempotency_key_exhausted",
                        "No order came of this Idempotency-Key in too many attempts, and nothing is reserved: "
                                + "use a new one.");
            case Placement.Overloaded overloaded ->
                throw Problem.retryLater(
                        503,
                        "overloaded",
                        "Too many orders are being placed, or the account is busy; nothing was ordered.",
                        RETRY_AFTER);
            case Placement.PaymentsUnavailable unavailable ->
                throw Problem.retryLater(
                        503, "payments_unavailable", "Payments cannot be reached; nothing was ordered.", RETRY_AFTER);
        };
    }

    private static Response.ResponseBuilder created(Order order) {
        // Relative to the host that was asked, so that it holds behind the gateway too.
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/orders/" + order.id + "?user_id=" + order.userId)
                .entity(OrderView.asPlaced(order));
    }

    private static Problem refused(HoldAnswer.Refused reason) {
        return switch (reason) {
            case HoldAnswer.InsufficientFunds funds ->
                Problem.of(402, "insufficient_funds", "The account has less available than the order costs.");
            case HoldAnswer.AccountNotFound account -> Problem.accountNotFound();
            case HoldAnswer.AccountFrozen frozen ->
                Problem.of(409, "account_frozen", "The account is frozen: nothing can be ordered or withdrawn.");
            case HoldAnswer.AccountClosed closed -> Problem.of(409, "account_closed", "The account is closed.");
            case HoldAnswer.Conflict conflict ->
                Problem.of(409, "hold_conflict", "Money is held for another order of this id.");
            case HoldAnswer.Captured captured ->
                Problem.of(409, "hold_captured", "The money held under this order id was charged already.");
            case HoldAnswer.Released released ->
                Problem.of(409, "hold_released", "The hold of this order id was released.");
            case HoldAnswer.Otherwise(String code) ->
                Problem.of(409, "hold_refused", "Payments refused to hold the money: " + code + ".");
        };
    }
}
