package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.account.MoveResult.Moved;
import dev.holdfast.payment.account.MoveResult.NotMoved;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.Acting;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
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

/** Money that comes onto accounts from outside, and goes back. */
@Path("/accounts/{user_id}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "accounts")
@RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
class MoveResource {
    record DepositRequest(@Amount BigDecimal amount) {}

    record WithdrawalRequest(@Amount BigDecimal amount) {}

    private final Deposits deposits;
    private final Withdrawals withdrawals;
    private final AccountTurns turns;
    private final CurrentCaller caller;

    MoveResource(Deposits deposits, Withdrawals withdrawals, AccountTurns turns, CurrentCaller caller) {
        this.deposits = deposits;
        this.withdrawals = withdrawals;
        this.turns = turns;
        this.caller = caller;
    }

    @POST
    @Path("deposit")
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
    @APIResponse(
            responseCode = "409",
            description = "The same key is still running (idempotency_in_progress), or the account is closed"
                    + " (account_closed)")
    @APIResponse(
            responseCode = "422",
            description = "The key was used for another amount or a withdrawal (idempotency_key_reused), or the balance"
                    + " would have more than 16 digits before the point (balance_limit_exceeded)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public Response deposit(
            @PathParam("user_id") UUID userId,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable IdempotencyKey key,
            @NotNull @Valid DepositRequest request) {
        Acting acting = caller.acting();
        return answer(turns.inTurn(userId, () -> deposits.deposit(userId, request.amount, key, acting)));
    }

    @POST
    @Path("withdraw")
    @Operation(
            operationId = "withdraw",
            summary = "Take money off an account",
            description = "Of what is available: what is reserved for orders stays. Send an Idempotency-Key: a repeated"
                    + " request then withdraws once, and gets the first answer. Deposits and withdrawals of a user"
                    + " share their keys.")
    @APIResponse(
            responseCode = "200",
            description = "The account right after the withdrawal",
            headers =
                    @Header(
                            name = IdempotencyKey.REPLAYED_HEADER,
                            description = "true where the withdrawal was made by an earlier request of the same key",
                            schema = @Schema(type = SchemaType.BOOLEAN)),
            content = @Content(schema = @Schema(implementation = AccountView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "402", description = "Less money is available (insufficient_funds)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    @APIResponse(
            responseCode = "409",
            description = "The same key is still running (idempotency_in_progress), or the account is frozen"
                    + " (account_frozen) or closed (account_closed)")
    @APIResponse(
            responseCode = "422",
            description = "The key was used for another amount or a deposit (idempotency_key_reused)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public Response withdraw(
            @PathParam("user_id") UUID userId,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable IdempotencyKey key,
            @NotNull @Valid WithdrawalRequest request) {
        Acting acting = caller.acting();
        return answer(turns.inTurn(userId, () -> withdrawals.withdraw(userId, request.amount, key, acting)));
    }

    private static Response answer(MoveResult result) {
        return switch (result) {
            case Moved moved -> {
                Response.ResponseBuilder response = Response.ok(moved.account(), MediaType.APPLICATION_JSON);
                if (moved.replayed()) {
                    response.header(IdempotencyKey.REPLAYED_HEADER, true);
                }
                yield response.build();
            }
            case NotMoved reason -> throw refused(reason);
        };
    }

    private static RuntimeException refused(NotMoved reason) {
        return switch (reason) {
            case ACCOUNT_NOT_FOUND -> Problem.accountNotFound();
            case INSUFFICIENT_FUNDS -> Problem.of(402, reason.code(), "The account has less money available.");
            case ACCOUNT_FROZEN -> AccountRefusals.frozen();
            case ACCOUNT_CLOSED -> AccountRefusals.closed();
            case OVER_LIMIT -> Problem.of(422, reason.code(), "The account cannot hold that much.");
            case KEY_IN_PROGRESS ->
                Problem.retryLater(
                        409,
                        reason.code(),
                        "A request with this Idempotency-Key is still running.",
                        Duration.ofSeconds(1));
            case KEY_REUSED ->
                Problem.of(
                        422,
                        reason.code(),
                        "This Idempotency-Key was used for another deposit or withdrawal of this user.");
        };
    }
}
