package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.ParameterConverters;
import dev.holdfast.rest.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
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

@Path("/accounts/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "accounts", description = "Money of the customers")
class AccountResource {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final Accounts accounts;
    private final BalanceHistory history;
    private final AccountTurns turns;

    AccountResource(Accounts accounts, BalanceHistory history, AccountTurns turns) {
        this.accounts = accounts;
        this.history = history;
        this.turns = turns;
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
            description =
                    "What the user owns, and how much of it is reserved for orders at this moment. With at or version: what the user owned then, which is the same whenever it is asked.")
    @APIResponse(
            responseCode = "200",
            description = "The account, or with at or version what it had then",
            content = @Content(schema = @Schema(oneOf = {AccountView.class, PastBalance.class})))
    @APIResponse(
            responseCode = "400",
            description =
                    "Wrong user_id, at or version, both of these, or a moment that is still to come (validation_failed)")
    @APIResponse(
            responseCode = "404",
            description =
                    "No such account, or none at that moment (account_not_found); fewer transfers (version_not_found)")
    @APIResponse(
            responseCode = "503",
            description = "The account's transfers from before a version are being numbered (not_numbered)")
    public Response get(
            @PathParam("user_id") UUID userId,
            @Parameter(description = "The moment of which the balance is meant, by the server's clock")
                    @QueryParam("at")
                    @Nullable
                    Instant at,
            @Parameter(
                            description =
                                    "The number of the transfer with which the balance is meant; 0 is before the first",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            format = "int64",
                                            minimum = "0",
                                            maximum = ParameterConverters.WHOLE_NUMBER_MAX))
                    @QueryParam("version")
                    @Nullable
                    Long version) {
        if (at != null && version != null) {
            throw Problem.invalid("version", "goes without at");
        }
        if (at != null) {
            return show(turns.inTurn(userId, () -> history.at(userId, at)));
        }
        if (version != null) {
            long number = version;
            return show(turns.inTurn(userId, () -> history.version(userId, number)));
        }
        return Response.ok(accounts.show(userId).orElseThrow(Problem::accountNotFound))
                .build();
    }

    private static Response show(BalanceHistory.Found found) {
        return switch (found) {
            case BalanceHistory.Found.Known known -> Response.ok(known.then()).build();
            case BalanceHistory.Found.Unknown.NO_ACCOUNT -> throw Problem.accountNotFound();
            case BalanceHistory.Found.Unknown.FUTURE -> throw Problem.invalid("at", "must not be in the future");
            case BalanceHistory.Found.Unknown.NO_SUCH_VERSION ->
                throw Problem.of(404, "version_not_found", "The account has not had so many transfers.");
            case BalanceHistory.Found.Unknown.NOT_NUMBERED ->
                throw Problem.retryLater(
                        503, "not_numbered", "The account's older transfers are being numbered.", RETRY_AFTER);
        };
    }
}
