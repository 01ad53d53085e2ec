package dev.holdfast.payment.adjustment;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.payment.AccountRefusals;
import dev.holdfast.payment.AccountTurns;
import dev.holdfast.payment.Reason;
import dev.holdfast.payment.adjustment.AdjustmentResult.Done;
import dev.holdfast.payment.adjustment.AdjustmentResult.NotDone;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.Text;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.ClaimedOperator;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.util.Objects;
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

/** Corrections of accounts over HTTP, for operators. */
@Path("/admin/adjustments")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class AdjustmentResource {
    private static final String PATH = "/admin/adjustments/";

    @Schema(name = "ProposeAdjustment")
    record ProposeAdjustment(
            @NotNull UUID userId,

            @Schema(description = "CREDIT brings the account money, DEBIT takes some") @NotNull
            Direction direction,

            @Amount BigDecimal amount,

            @Schema(
                    description =
                            "true: a transfer is booked and the balance stays, for an account whose balance is not the"
                                    + " sum of its transfers; with it the two have to be equal",
                    defaultValue = "false")
            @Nullable
            Boolean booksOnly,

            @Schema(examples = "order 7c1e was charged by hand")
            @NotBlank(message = Reason.RULE)
            @Text(max = Reason.CHARACTERS_MAX)
            @Nullable
            String reason) {
        Proposal proposal() {
            return new Proposal(
                    userId, direction.change(amount), Boolean.TRUE.equals(booksOnly), Objects.requireNonNull(reason));
        }
    }

    private final Adjustments adjustments;
    private final AccountTurns turns;
    private final CurrentCaller caller;

    AdjustmentResource(Adjustments adjustments, AccountTurns turns, CurrentCaller caller) {
        this.adjustments = adjustments;
        this.turns = turns;
        this.caller = caller;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "proposeAdjustment",
            summary = "Propose the correction of an account",
            description =
                    "Nothing is booked until another operator approves it. Send an Idempotency-Key: a repeated request"
                            + " then proposes once, and gets the first answer.")
    @APIResponse(
            responseCode = "201",
            description = "The proposal, PENDING",
            headers = {
                @Header(
                        name = HttpHeaders.LOCATION,
                        description = "Where it is found",
                        schema = @Schema(type = SchemaType.STRING)),
                @Header(
                        name = IdempotencyKey.REPLAYED_HEADER,
                        description = "true where an earlier request of the same key made the proposal",
                        schema = @Schema(type = SchemaType.BOOLEAN))
            },
            content = @Content(schema = @Schema(implementation = Adjustment.class)))
    @APIResponse(
            responseCode = "400",
            description = "validation_failed, malformed_json; also without a name where nobody is authenticated")
    @APIResponse(responseCode = "404", description = "account_not_found")
    @APIResponse(responseCode = "409", description = "account_closed")
    @APIResponse(
            responseCode = "422",
            description = "The key was used for another proposal, or by another operator (idempotency_key_reused)")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public Response propose(
            @HeaderParam(IdempotencyKey.HEADER) @Nullable IdempotencyKey key,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator,
            @NotNull @Valid ProposeAdjustment body) {
        return switch (adjustments.propose(body.proposal(), key, named(operator))) {
            case Done(Adjustment adjustment, boolean replayed) -> {
                Response.ResponseBuilder response = Response.status(Response.Status.CREATED)
                        .header(HttpHeaders.LOCATION, PATH + adjustment.id())
                        .entity(adjustment);
                yield replayed
                        ? response.header(IdempotencyKey.REPLAYED_HEADER, true).build()
                        : response.build();
            }
            case NotDone reason -> throw refused(reason);
        };
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Operation(
            operationId = "listAdjustments",
            summary = "List proposed corrections, newest first",
            description =
                    "Also those that were approved, rejected, or not decided in time. Follow the Link header to the next"
                            + " page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Adjustment.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @QueryParam("status") @Nullable AdjustmentStatus status,
            @Parameter(description = "Only those of this account") @QueryParam("user_id") @Nullable UUID userId,
            @Context UriInfo request) {
        return adjustments.page(status, userId, limit, cursor).toResponse(request);
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Path("/{id}")
    @Operation(
            operationId = "getAdjustment",
            summary = "Look at a proposed correction",
            description = "Who proposed it and until when it can be decided, and once it is, by whom and the transfer.")
    @APIResponse(responseCode = "200", description = "The proposal, and what was made of it")
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "adjustment_not_found")
    public Adjustment get(@PathParam("id") UUID id) {
        return adjustments.find(id).orElseThrow(() -> refused(NotDone.NOT_FOUND));
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{id}/approve")
    @Operation(
            operationId = "approveAdjustment",
            summary = "Book a correction that another operator has proposed",
            description = "Books an ADJUSTMENT transfer. The same request again gets the same answer.")
    @APIResponse(responseCode = "200", description = "The proposal, APPROVED")
    @APIResponse(
            responseCode = "400",
            description = "validation_failed; also without a name where nobody is authenticated")
    @APIResponse(responseCode = "404", description = "adjustment_not_found, account_not_found")
    @APIResponse(
            responseCode = "409",
            description = "adjustment_needs_another_operator, adjustment_approved, adjustment_rejected,"
                    + " adjustment_expired, adjustment_unknown, adjustment_exceeds_available,"
                    + " adjustment_does_not_balance, account_closed")
    @APIResponse(responseCode = "422", description = "balance_limit_exceeded")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public Adjustment approve(
            @PathParam("id") UUID id,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        Acting acting = named(operator);
        // Whose account it is never changes.
        UUID userId = adjustments.find(id).map(Adjustment::userId).orElse(id);
        return answer(turns.inTurn(userId, () -> adjustments.approve(id, acting)));
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{id}/reject")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "rejectAdjustment",
            summary = "Decide that a correction is not booked",
            description = "Who proposed it may do that too. The same request again gets the same answer.")
    @APIResponse(responseCode = "200", description = "The proposal, REJECTED")
    @APIResponse(
            responseCode = "400",
            description = "validation_failed, malformed_json; also without a name where nobody is authenticated")
    @APIResponse(responseCode = "404", description = "adjustment_not_found")
    @APIResponse(
            responseCode = "409",
            description = "adjustment_approved, adjustment_rejected, adjustment_expired, adjustment_unknown")
    @APIResponse(responseCode = "503", description = "overloaded: try again after Retry-After seconds")
    public Adjustment reject(
            @PathParam("id") UUID id,
            @NotNull @Valid Reason body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        return answer(adjustments.reject(id, body.given(), named(operator)));
    }

    /** Two operators are told apart by their names. */
    private Acting named(@Nullable String operator) {
        Acting acting = caller.acting(operator);
        if (acting.subject() == null) {
            throw Problem.invalid(ClaimedOperator.HEADER, "must say who acts, where nobody is authenticated");
        }
        return acting;
    }

    private static Adjustment answer(AdjustmentResult result) {
        return switch (result) {
            case Done done -> done.adjustment();
            case NotDone reason -> throw refused(reason);
        };
    }

    private static Problem refused(NotDone reason) {
        return switch (reason) {
            case ACCOUNT_NOT_FOUND -> Problem.accountNotFound();
            case ACCOUNT_CLOSED -> AccountRefusals.closed();
            case KEY_REUSED ->
                Problem.of(
                        422,
                        reason.code(),
                        "This Idempotency-Key was used for another proposal of this user, or by another operator.");
            case NOT_FOUND -> Problem.of(404, reason.code(), "There is no such adjustment.");
            case NEEDS_ANOTHER_OPERATOR ->
                Problem.of(409, reason.code(), "An adjustment is approved by another operator than proposed it.");
            case ALREADY_APPROVED -> Problem.of(409, reason.code(), "The adjustment was approved before.");
            case ALREADY_REJECTED -> Problem.of(409, reason.code(), "The adjustment was rejected before.");
            case EXPIRED -> Problem.of(409, reason.code(), "Nobody has decided about the adjustment in time.");
            case OF_NEWER_VERSION ->
                Problem.of(409, reason.code(), "Only a newer version of this service knows the adjustment's status.");
            case BELOW_HELD ->
                Problem.of(409, reason.code(), "The account would have less than is held, or less than nothing.");
            case OVER_LIMIT -> Problem.of(422, reason.code(), "The account cannot hold that much.");
            case DOES_NOT_BALANCE ->
                Problem.of(409, reason.code(), "With it the account's transfers would not sum up to its balance.");
        };
    }
}
