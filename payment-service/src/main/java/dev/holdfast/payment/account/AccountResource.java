package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.account.DepositResult.NotDeposited;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

@Path("/accounts/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "accounts", description = "Money of the customers")
class AccountResource {
    record DepositRequest(@Amount BigDecimal amount) {}

    private final Accounts accounts;
    private final Deposits deposits;
    private final AccountTurns turns;
    private final CurrentCaller caller;

    AccountResource(Accounts accounts, Deposits deposits, AccountTurns turns, CurrentCaller caller) {
        this.accounts = accounts;
        this.deposits = deposits;
        this.turns = turns;
        this.caller = caller;
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

    @POST
    @RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
    @Path("deposit")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "deposit",
            summary = "Put money onto an account",
            description = "Send an Idempotency-Key: a repeated request then deposits once, and gets the first answer.")
    @APIResponse(
            responseCode = "200",
            description = "The account right after the deposit",
            headers =
                    @Header(
                            name = IdempotencyKey.REPLAYED_HEADER,
                            description = "true where the deposit was made by an earlier request of the same key",
                            schema = @Schema(type = SchemaType.BOOLEAN)),
            content = @Content(schema = @Schema(implementation = AccountView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    @APIResponse(responseCode = "409", description = "The same key is still running (idempotency_in_progress)")
    @APIResponse(
            responseCode = "422",
            description = "The key was used for another amount (idempotency_key_reused), or the balance would have"
                    + " more than 16 digits before the point (balance_limit_exceeded)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public Response deposit(
            @PathParam("user_id") UUID userId,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable IdempotencyKey key,
            @NotNull @Valid DepositRequest request) {
        Acting acting = caller.acting();
        return switch (turns.inTurn(userId, () -> deposits.deposit(userId, request.amount, key, acting))) {
            case DepositResult.Deposited deposited -> {
                Response.ResponseBuilder response = Response.ok(deposited.account(), MediaType.APPLICATION_JSON);
                if (deposited.replayed()) {
                    response.header(IdempotencyKey.REPLAYED_HEADER, true);
                }
                yield response.build();
            }
            case NotDeposited.ACCOUNT_NOT_FOUND -> throw Problem.accountNotFound();
            case NotDeposited.OVER_LIMIT ->
                throw Problem.of(422, NotDeposited.OVER_LIMIT.code(), "The account cannot hold that much.");
            case NotDeposited.KEY_IN_PROGRESS ->
                throw Problem.retryLater(
                        409,
                        NotDeposited.KEY_IN_PROGRESS.code(),
                        "A request with this Idempotency-Key is still running.",
                        Duration.ofSeconds(1));
            case NotDeposited.KEY_REUSED ->
                throw Problem.of(
                        422,
                        NotDeposited.KEY_REUSED.code(),
                        "This Idempotency-Key was used for a deposit of another amount.");
        };
    }
}
