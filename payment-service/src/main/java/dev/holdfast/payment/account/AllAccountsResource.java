package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Shows the accounts of all users to who runs the shop. */
@Path("/admin/accounts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class AllAccountsResource {
    private final AllAccounts accounts;

    AllAccountsResource(AllAccounts accounts) {
        this.accounts = accounts;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listAccounts",
            summary = "List the accounts of all users",
            description =
                    "The newest first, by the time when they were opened; those with money held by the users' ids."
                            + " Follow the Link header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = AccountView.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Parameter(description = "Only accounts that have money held now; goes without from and to")
                    @QueryParam("held_only")
                    @Nullable
                    Boolean heldOnly,
            @Parameter(description = "Only accounts that were opened at this time or later")
                    @QueryParam("from")
                    @Nullable
                    Instant from,
            @Parameter(description = "Only accounts that were opened before this time, which is not before from")
                    @QueryParam("to")
                    @Nullable
                    Instant to,
            @Context UriInfo request) {
        TimeRange opened = TimeRange.of(from, to);
        if (!Boolean.TRUE.equals(heldOnly)) {
            return accounts.opened(opened, limit, cursor).toResponse(request);
        }
        if (from != null || to != null) {
            throw Problem.invalid("held_only", "goes without from and to");
        }
        Page<AccountView> page = accounts.withMoneyHeld(limit, cursor);
        return page.toResponse(request);
    }
}
