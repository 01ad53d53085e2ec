package dev.holdfast.payment.account;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.Reason;
import dev.holdfast.payment.account.StatusChangeResult.Changed;
import dev.holdfast.payment.account.StatusChangeResult.NotChanged;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.ClaimedOperator;
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
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What may happen on an account, as operators decide. */
@Path("/admin/accounts")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
@RolesAllowed(Roles.OPERATOR)
class AccountStatusResource {
    private final AccountStatuses statuses;
    private final AccountTurns turns;
    private final CurrentCaller caller;

    AccountStatusResource(AccountStatuses statuses, AccountTurns turns, CurrentCaller caller) {
        this.statuses = statuses;
        this.turns = turns;
        this.caller = caller;
    }

    @POST
    @Path("/{user_id}/freeze")
    @Operation(
            operationId = "freezeAccount",
            summary = "Let nothing be ordered or withdrawn",
            description =
                    "No new hold is taken and nothing is withdrawn after the answer. What was ordered before is"
                            + " still charged; deposits, adjustments and refunds still arrive. An account that is frozen stays as it is.")
    @APIResponse(responseCode = "200", description = "The account, FROZEN")
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "account_not_found")
    @APIResponse(responseCode = "409", description = "account_closed")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public AccountView freeze(
            @PathParam("user_id") UUID userId,
            @NotNull @Valid Reason body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        return change(StatusChange.FREEZE, userId, body, operator);
    }

    @POST
    @Path("/{user_id}/unfreeze")
    @Operation(
            operationId = "unfreezeAccount",
            summary = "Let everything happen again on a frozen account",
            description = "An account that is open stays as it is.")
    @APIResponse(responseCode = "200", description = "The account, OPEN")
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "account_not_found")
    @APIResponse(responseCode = "409", description = "account_closed")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public AccountView unfreeze(
            @PathParam("user_id") UUID userId,
            @NotNull @Valid Reason body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        return change(StatusChange.UNFREEZE, userId, body, operator);
    }

    @POST
    @Path("/{user_id}/close")
    @Operation(
            operationId = "closeAccount",
            summary = "Close an empty account",
            description =
                    "Open or frozen, without money, and with nothing held. Nothing happens on it any more, but that a"
                            + " refund of an earlier order arrives, and leaves it FROZEN. An account that is closed stays as it is.")
    @APIResponse(responseCode = "200", description = "The account, CLOSED")
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "account_not_found")
    @APIResponse(responseCode = "409", description = "account_not_empty")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public AccountView close(
            @PathParam("user_id") UUID userId,
            @NotNull @Valid Reason body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        return change(StatusChange.CLOSE, userId, body, operator);
    }

    private AccountView change(StatusChange change, UUID userId, Reason body, @Nullable String operator) {
        Acting acting = caller.acting(operator);
        return switch (turns.inTurn(userId, () -> statuses.change(change, userId, body.given(), acting))) {
            case Changed(AccountView account) -> account;
            case NotChanged.ACCOUNT_NOT_FOUND -> throw Problem.accountNotFound();
            case NotChanged.ACCOUNT_CLOSED -> throw AccountRefusals.closed();
            case NotChanged.ACCOUNT_NOT_EMPTY ->
                throw Problem.of(409, "account_not_empty", "The account has money, or some of it is held.");
            case NotChanged.OF_NEWER_VERSION ->
                throw Problem.retryLater(
                        503,
                        "overloaded",
                        "A newer version of the service has to answer this; try again.",
                        Duration.ofSeconds(1));
        };
    }
}
