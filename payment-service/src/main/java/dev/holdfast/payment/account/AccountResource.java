package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
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

@Path("/accounts/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "accounts", description = "Money of the customers")
class AccountResource {
    private final Accounts accounts;

    AccountResource(Accounts accounts) {
        this.accounts = accounts;
    }

    @POST
    @RolesAllowed({Roles.CUSTOMER, Roles.BACKEND, Roles.OPERATOR})
    @Operation(operationId = "openAccount", summary = "Open an account", description = "It starts empty.")
    @APIResponse(
            responseCode = "201",
            description = "The new account",
            headers =
                    @Header(name = "Location", description = "The account", schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = AccountView.class)))
    @APIResponse(responseCode = "400", description = "Wrong user_id (validation_failed)")
    @APIResponse(responseCode = "404", description = "A customer asks for another's account (account_not_found)")
    @APIResponse(responseCode = "409", description = "The user has an account (account_exists)")
    @DatabaseBulkhead
    public Response open(@PathParam("user_id") UUID userId, @Context UriInfo request) {
        if (OutsideAccounts.contains(userId)) {
            throw Problem.invalid("user_id", "is reserved and cannot be a user's");
        }
        return accounts.open(userId)
                .map(account -> Response.status(Response.Status.CREATED)
                        .header("Location", request.getRequestUri().getRawPath())
                        .entity(account)
                        .build())
                .orElseThrow(() -> Problem.of(409, "account_exists", "This user has an account already."));
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @Operation(
            operationId = "getAccount",
            summary = "Show an account",
            description = "What the user owns, and how much of it is reserved for orders at this moment.")
    @APIResponse(
            responseCode = "200",
            description = "The account",
            content = @Content(schema = @Schema(implementation = AccountView.class)))
    @APIResponse(responseCode = "400", description = "Wrong user_id (validation_failed)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    @DatabaseBulkhead
    public AccountView get(@PathParam("user_id") UUID userId) {
        return accounts.find(userId).orElseThrow(Problem::accountNotFound);
    }
}
