package dev.holdfast.payment.transfer;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import jakarta.annotation.security.RolesAllowed;
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
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

@Path("/accounts/{user_id}/transfers")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "accounts")
@DatabaseBulkhead
class StatementResource {
    private final Statements statements;

    StatementResource(Statements statements) {
        this.statements = statements;
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @Operation(
            operationId = "listTransfers",
            summary = "The statement of an account",
            description =
                    "Deposits, withdrawals, captures, refunds and adjustments, newest first. Follow the Link header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "A page of the statement",
            headers =
                    @Header(
                            name = "Link",
                            description = "Where more follow, the next page: <…>; rel=\"next\"",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = TransferView.class)))
    @APIResponse(responseCode = "400", description = "Wrong user_id, limit or cursor (validation_failed)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    public Response list(
            @PathParam("user_id") UUID userId,
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Context UriInfo request) {
        return statements
                .page(userId, limit, cursor)
                .orElseThrow(Problem::accountNotFound)
                .toResponse(request);
    }
}
