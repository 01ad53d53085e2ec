package dev.holdfast.order;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Shows the orders of all users to who runs the shop. */
@Path("/admin/orders")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class AllOrdersResource {
    private final AllOrders orders;

    AllOrdersResource(AllOrders orders) {
        this.orders = orders;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listAllOrders",
            summary = "List the orders of all users, newest first",
            description = "By the time when they were placed. Follow the Link header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = OrderView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @QueryParam("status") @Nullable OrderStatus status,
            @QueryParam("user_id") @Nullable UUID userId,
            @Parameter(description = "Only orders that were placed at this time or later") @QueryParam("from") @Nullable
                    Instant from,
            @Parameter(description = "Only orders that were placed before this time, which is not before from")
                    @QueryParam("to")
                    @Nullable
                    Instant to,
            @Context UriInfo request) {
        Page<Order> page = orders.page(new AllOrders.Filter(userId, status, TimeRange.of(from, to)), limit, cursor);
        return new Page<>(page.rows().stream().map(OrderView::of).toList(), page.next()).toResponse(request);
    }
}
