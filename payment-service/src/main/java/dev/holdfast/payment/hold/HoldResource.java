package dev.holdfast.payment.hold;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.hold.HoldResult.NotHeld;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

@Path("/accounts/{user_id}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "holds", description = "Money reserved for orders")
class HoldResource {
    private static final int EXPIRY_SECONDS_MAX = 7 * 24 * 60 * 60;

    @Schema(name = "HoldRequest")
    record HoldBody(
            @NotNull UUID orderId,

            @Amount BigDecimal amount,

            @Min(1)
            @Max(EXPIRY_SECONDS_MAX)
            @Schema(description = "How long the money stays reserved: 2 minutes by default, at most 7 days")
            @Nullable
            Integer expiresInSeconds) {}

    @Schema(name = "ReleaseRequest")
    record ReleaseBody(@NotNull UUID orderId) {}

    @Schema(name = "Hold")
    record HoldView(
            @Schema(enumeration = "held") String status,
            UUID orderId,
            @Schema(minimum = "0.01") BigDecimal amount,
            Instant expiresAt) {}

    @Schema(name = "Release")
    record ReleaseView(@Schema(enumeration = "released") String status) {}

    private final Holds holds;
    private final AccountTurns turns;
    private final PaymentConfig config;
    private final CurrentCaller caller;

    HoldResource(Holds holds, AccountTurns turns, PaymentConfig config, CurrentCaller caller) {
        this.holds = holds;
        this.turns = turns;
        this.config = config;
        this.caller = caller;
    }

    @POST
    @RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
    @Path("hold")
    @Operation(
            operationId = "hold",
            summary = "Reserve money for an order",
            description = "The same request again gets the same answer, and an expired hold is taken anew.")
    @APIResponse(
            responseCode = "200",
            description = "The money is reserved, now or before",
            content = @Content(schema = @Schema(implementation = HoldView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "402", description = "Less money is available (insufficient_funds)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    @APIResponse(
            responseCode = "409",
            description = "The order has a hold of another amount or user (hold_conflict), or one that was captured"
                    + " (hold_captured) or released (hold_released), or the account is frozen (account_frozen) or closed"
                    + " (account_closed)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public HoldView hold(@PathParam("user_id") UUID userId, @NotNull @Valid HoldBody body) {
        Duration expiry =
                body.expiresInSeconds == null ? config.holdExpiry() : Duration.ofSeconds(body.expiresInSeconds);
        HoldRequest request = new HoldRequest(body.orderId, userId, body.amount, caller.acting());
        return switch (turns.inTurn(userId, () -> holds.take(request, expiry))) {
            case HoldResult.Held held -> new HoldView("held", body.orderId, body.amount, held.expiresAt());
            case NotHeld reason -> throw refused(reason);
        };
    }

    private static RuntimeException refused(NotHeld reason) {
        return switch (reason) {
            case INSUFFICIENT_FUNDS -> Problem.of(402, reason.code(), "The account has less money available.");
            case ACCOUNT_NOT_FOUND -> Problem.accountNotFound();
            case ACCOUNT_FROZEN -> AccountRefusals.frozen();
            case ACCOUNT_CLOSED -> AccountRefusals.closed();
            case HOLD_CONFLICT -> Problem.of(409, reason.code(), "This order has a hold of another amount or user.");
            case HOLD_CAPTURED -> Problem.of(409, reason.code(), "The money of this order was captured already.");
            case HOLD_RELEASED -> Problem.of(409, reason.code(), "The hold of this order was released.");
            case ACCOUNT_BUSY, OF_NEWER_VERSION -> ofNewerVersion();
        };
    }

    @POST
    @RolesAllowed({Roles.BACKEND, Roles.OPERATOR})
    @Path("release")
    @Operation(
            operationId = "release",
            summary = "Give reserved money free",
            description = "The same request again gets the same answer.")
    @APIResponse(
            responseCode = "200",
            description = "The money is free, now or before",
            content = @Content(schema = @Schema(implementation = ReleaseView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "404", description = "No such hold of this user (hold_not_found)")
    @APIResponse(responseCode = "409", description = "It was captured already (hold_captured)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    public ReleaseView release(@PathParam("user_id") UUID userId, @NotNull @Valid ReleaseBody body) {
        Acting acting = caller.acting();
        return answer(turns.inTurn(userId, () -> holds.release(userId, body.orderId, acting)));
    }

    static ReleaseView answer(ReleaseResult result) {
        throwUnlessReleased(result);
        return new ReleaseView("released");
    }

    static void throwUnlessReleased(ReleaseResult result) {
        switch (result) {
            case RELEASED -> {}
            case NOT_FOUND -> throw refused(404, result, "This user has no hold for this order.");
            case ALREADY_CAPTURED -> throw refused(409, result, "The money of this order was captured already.");
            case OF_NEWER_VERSION -> throw ofNewerVersion();
        }
    }

    private static RuntimeException refused(int status, ReleaseResult result, String detail) {
        return Problem.of(status, Objects.requireNonNull(result.refusal()), detail);
    }

    /** In a rolling update: one of the next requests meets a replica that knows more. */
    private static RuntimeException ofNewerVersion() {
        return Problem.retryLater(
                503,
                "overloaded",
                "A newer version of the service has to answer this; try again.",
                Duration.ofSeconds(1));
    }
}
