package dev.holdfast.order;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
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
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Shows orders. */
@Path("/orders")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "orders", description = "Placing orders, cancelling them and looking at them")
public class OrderResource {
    private final Orders orders;

    OrderResource(Orders orders) {
        this.orders = orders;
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listOrders",
            summary = "List a user's orders, newest first",
            description = "Pages are followed by the Link header, which is there as long as there are more.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = OrderView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "account_not_found: a customer asks for another's")
    public Response list(
            @NotNull @QueryParam("user_id") UUID userId,
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @QueryParam("status") @Nullable OrderStatus status,
            @Context UriInfo request) {
        Page<Order> page = orders.page(userId, limit, cursor, status);
        return new Page<>(page.rows().stream().map(OrderView::of).toList(), page.next()).toResponse(request);
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @DatabaseBulkhead
    @Path("/{order_id}")
    @Operation(
            operationId = "getOrder",
            summary = "Look at an order of a user",
            description = "As it is now; another user's order is not found.")
    @APIResponse(
            responseCode = "200",
            description = "The order",
            content = @Content(schema = @Schema(implementation = OrderView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "order_not_found, also when it is another user's")
    public OrderView get(@PathParam("order_id") UUID orderId, @NotNull @QueryParam("user_id") UUID userId) {
        return orders.find(userId, orderId).map(OrderView::of).orElseThrow(Problem::orderNotFound);
    }
}
