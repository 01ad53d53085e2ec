package dev.holdfast.delivery.deadletter;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.Text;
import dev.holdfast.rest.access.Acting;
import dev.holdfast.rest.access.ClaimedOperator;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters over HTTP, for operators. Each service extends it with a path of its own below {@code /admin}, so that
 * the gateway can tell them apart, and guards it there.
 */
@Produces(MediaType.APPLICATION_JSON)
public abstract class DeadLetterResource {
    /** For {@code @Tag} on the services' resources. */
    public static final String TAG = "operations";

    public static final String TAG_DESCRIPTION =
            "For operators: all orders and accounts, messages that could not be applied, and reconciliation";

    static final int FILTER_CHARACTERS_MAX = 200;
    /** A code of answers, and of the audit. */
    static final String NOT_TAKEN = "replay_not_taken";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final DeadLetterTable table;
    private final Replays replays;
    private final Discards discards;
    private final CurrentCaller caller;

    protected DeadLetterResource(DeadLetterTable table, Replays replays, Discards discards, CurrentCaller caller) {
        this.table = table;
        this.replays = replays;
        this.discards = discards;
        this.caller = caller;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listDeadLetters",
            summary = "List dead letters, newest first",
            description = "Messages that could never be applied, by when they were first set aside. Follow the Link "
                    + "header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = DeadLetterSummary.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @QueryParam("status") @Nullable DeadLetterStatus status,
            @Parameter(
                            description = "A part of the reason, in its case",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = FILTER_CHARACTERS_MAX,
                                            pattern = Text.PATTERN_SEARCHED))
                    @QueryParam("reason")
                    @Text(max = FILTER_CHARACTERS_MAX, isSearched = true, message = Text.RULE_SEARCHED)
                    @Nullable
                    String reason,
            @Parameter(
                            description = "Of the event",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = FILTER_CHARACTERS_MAX,
                                            pattern = Text.PATTERN_SEARCHED))
                    @QueryParam("type")
                    @Text(max = FILTER_CHARACTERS_MAX, isSearched = true, message = Text.RULE_SEARCHED)
                    @Nullable
                    String type,
            @QueryParam("order_id") @Nullable UUID orderId,
            @Context UriInfo request) {
        return table.page(new DeadLetterTable.Filter(status, reason, type, orderId), limit, cursor)
                .toResponse(request);
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Path("/{id}")
    @DatabaseBulkhead
    @Operation(
            operationId = "getDeadLetter",
            summary = "Look at a dead letter with its body and headers",
            description = "All that is kept of the message; of a very long body only the beginning is.")
    @APIResponse(
            responseCode = "200",
            description = "The letter",
            content = @Content(schema = @Schema(implementation = DeadLetter.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "dead_letter_not_found")
    public DeadLetter get(@PathParam("id") UUID id) {
        return table.find(id).orElseThrow(DeadLetterResource::notFound);
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{id}/replay")
    @Operation(
            operationId = "replayDeadLetter",
            summary = "Apply a dead letter after its cause was mended",
            description =
                    "Answers once that was tried. It is applied at most once, however often it is replayed; "
                            + "where it fails again it waits here again. What was not sent by the other service is never applied.")
    @APIResponse(
            responseCode = "200",
            description = "The letter: REPLAYED, or WAITING where it has failed again",
            content = @Content(schema = @Schema(implementation = DeadLetterSummary.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "dead_letter_not_found")
    @APIResponse(
            responseCode = "409",
            description = "dead_letter_discarded, dead_letter_truncated, dead_letter_unknown, dead_letter_wrong_sender")
    @APIResponse(
            responseCode = "503",
            description = "replay_not_taken, replay_in_progress, overloaded: the letter is as it was")
    public DeadLetterSummary replay(
            @PathParam("id") UUID id,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        Acting acting = caller.acting(operator);
        DeadLetterAct.Kind kind = DeadLetterAct.Kind.REPLAY;
        return switch (replays.replay(id, acting)) {
            case ReplayResult.Replayed(DeadLetterSummary deadLetter) -> deadLetter;
            case ReplayResult.FailedAgain(DeadLetterSummary deadLetter) -> deadLetter;
            case ReplayResult.NotFound missing -> throw refused(id, kind, acting, notFound());
            case ReplayResult.NotReplayable(DeadLetterStatus status) ->
                throw refused(id, kind, acting, handled(status));
            case ReplayResult.Truncated truncated -> throw refused(id, kind, acting, truncated());
            case ReplayResult.WrongSender wrong -> throw refused(id, kind, acting, wrongSender());
            case ReplayResult.NotTaken(String why) -> throw notTaken(why);
            case ReplayResult.Busy busy -> throw replaying();
        };
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/replay")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "replayDeadLetters",
            summary = "Apply the waiting dead letters of one reason",
            description =
                    "Those that failed longest ago first, so many at most, and for some seconds at most; call it again while some "
                            + "remain. Those that were not sent by the other service are passed over.")
    @APIResponse(
            responseCode = "200",
            description = "How many were replayed, how many have failed again, and how many remain",
            content = @Content(schema = @Schema(implementation = ReplayedMany.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "503", description = "replay_not_taken, overloaded: none was tried")
    public ReplayedMany replayMany(
            @NotNull @Valid ReplayMany body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        int limit = body.limit() == null ? ReplayMany.LIMIT_DEFAULT : body.limit();
        ReplayedMany result = replays.replayMany(Objects.requireNonNull(body.reason()), limit, caller.acting(operator));
        if (result.replayed() + result.failed() == 0 && result.stoppedBecause() != null) {
            throw notTaken(result.stoppedBecause());
        }
        return result;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/{id}/discard")
    @DatabaseBulkhead
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "discardDeadLetter",
            summary = "Give a waiting letter up",
            description = "It is deleted after a while; the act and its note stay in the audit.")
    @APIResponse(
            responseCode = "200",
            description = "The letter, DISCARDED",
            content = @Content(schema = @Schema(implementation = DeadLetterSummary.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "dead_letter_not_found")
    @APIResponse(
            responseCode = "409",
            description = "dead_letter_discarded, dead_letter_replayed, dead_letter_unknown: it does not wait any more")
    @APIResponse(responseCode = "503", description = "replay_in_progress, overloaded")
    public DeadLetterSummary discard(
            @PathParam("id") UUID id,
            @NotNull @Valid Discard body,
            @Parameter(description = ClaimedOperator.DESCRIPTION) @HeaderParam(ClaimedOperator.HEADER) @Nullable
                    String operator) {
        Acting acting = caller.acting(operator);
        DeadLetterAct.Kind kind = DeadLetterAct.Kind.DISCARD;
        return switch (discards.discard(id, Objects.requireNonNull(body.note()), acting)) {
            case DiscardResult.Discarded(DeadLetterSummary deadLetter) -> deadLetter;
            case DiscardResult.NotFound missing -> throw refused(id, kind, acting, notFound());
            case DiscardResult.NotWaiting(DeadLetterStatus status) -> throw refused(id, kind, acting, handled(status));
            case DiscardResult.Busy busy -> throw replaying();
        };
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Path("/audit")
    @DatabaseBulkhead
    @Operation(
            operationId = "listDeadLetterActs",
            summary = "What operators did with dead letters, newest first",
            description =
                    "Each letter that a replay applied and each discard, as the audit has it; what was refused or has failed again"
                            + " is there alone.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = DeadLetterAct.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response audit(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Parameter(description = "Only the acts on this letter") @QueryParam("dead_letter_id") @Nullable
                    UUID deadLetterId,
            @Context UriInfo request) {
        return table.acts(deadLetterId, limit, cursor).toResponse(request);
    }

    /** The refusal to throw; it is in the audit then. */
    private Problem refused(UUID id, DeadLetterAct.Kind kind, Acting operator, Problem refusal) {
        table.refused(id, kind, operator, refusal.code());
        return refusal;
    }

    private static Problem wrongSender() {
        return Problem.of(
                409,
                "dead_letter_wrong_sender",
                "The letter was not sent by the other service: it can only be discarded.");
    }

    private static Problem truncated() {
        return Problem.of(409, "dead_letter_truncated", "Only the beginning of the letter was kept; it is too long.");
    }

    private static Problem handled(DeadLetterStatus status) {
        String was = status.name().toLowerCase(Locale.ROOT);
        String detail = status == DeadLetterStatus.UNKNOWN
                ? "The letter has a status that only a newer version of this service knows."
                : "The letter was " + was + " before.";
        return Problem.of(409, "dead_letter_" + was, detail);
    }

    private static Problem replaying() {
        return Problem.retryLater(503, "replay_in_progress", "Another replay is running.", RETRY_AFTER);
    }

    private static Problem notFound() {
        return Problem.of(404, "dead_letter_not_found", "There is no such dead letter.");
    }

    private static Problem notTaken(String why) {
        return Problem.retryLater(503, NOT_TAKEN, "Nothing was replayed: " + why + ".", RETRY_AFTER);
    }
}
