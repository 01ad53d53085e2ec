package dev.holdfast.delivery.deadletter;

import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.Text;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
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
            "For operators: messages that could not be applied, and reconciliation";

    static final int FILTER_CHARACTERS_MAX = 200;
    private static final String OPERATOR_DESCRIPTION =
            "Who acts, for the audit: up to 64 letters, digits and . _ @ + -";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final DeadLetterTable table;
    private final Replays replays;
    private final Discards discards;

    protected DeadLetterResource(DeadLetterTable table, Replays replays, Discards discards) {
        this.table = table;
        this.replays = replays;
        this.discards = discards;
    }

    @GET
    @DatabaseBulkhead
    @Operation(
            operationId = "listDeadLetters",
            summary = "List dead letters, newest first",
            description = "Messages that could never be applied, by when they were first set aside. Follow the Link "
                    + "header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = DeadLetterSummary.class)),
            headers =
                    @Header(
                            name = HttpHeaders.LINK,
                            description = "<…>; rel=\"next\"",
                            schema = @Schema(type = SchemaType.STRING)))
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
                                            pattern = Text.PATTERN))
                    @QueryParam("reason")
                    @Text(max = FILTER_CHARACTERS_MAX)
                    @Nullable
                    String reason,
            @Parameter(
                            description = "Of the event",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = FILTER_CHARACTERS_MAX,
                                            pattern = Text.PATTERN))
                    @QueryParam("type")
                    @Text(max = FILTER_CHARACTERS_MAX)
                    @Nullable
                    String type,
            @QueryParam("order_id") @Nullable UUID orderId,
            @Context UriInfo request) {
        return table.page(new DeadLetterTable.Filter(status, reason, type, orderId), limit, cursor)
                .toResponse(request);
    }

    @GET
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
    @Path("/{id}/replay")
    @Operation(
            operationId = "replayDeadLetter",
            summary = "Send a dead letter to its queue again",
            description = "Answers once the broker has it. It is applied at most once, however often it is replayed; "
                    + "where it fails again it waits here again.")
    @APIResponse(
            responseCode = "200",
            description = "The letter, REPLAYED",
            content = @Content(schema = @Schema(implementation = DeadLetterSummary.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(responseCode = "404", description = "dead_letter_not_found")
    @APIResponse(
            responseCode = "409",
            description = "dead_letter_discarded, dead_letter_truncated, dead_letter_unknown")
    @APIResponse(
            responseCode = "503",
            description = "replay_not_taken, replay_in_progress, overloaded: the letter is as it was")
    public DeadLetterSummary replay(
            @PathParam("id") UUID id,
            @Parameter(description = OPERATOR_DESCRIPTION) @HeaderParam(Operator.HEADER) @Nullable String operator) {
        return switch (replays.replay(id, Operator.named(operator))) {
            case ReplayResult.Replayed(DeadLetterSummary deadLetter) -> deadLetter;
            case ReplayResult.NotFound missing -> throw notFound();
            case ReplayResult.NotReplayable(DeadLetterStatus status) -> throw handled(status);
            case ReplayResult.Truncated truncated ->
                throw Problem.of(
                        409, "dead_letter_truncated", "Only the beginning of the letter was kept; it is too long.");
            case ReplayResult.NotTaken(String why) -> throw notTaken(why);
            case ReplayResult.Busy busy -> throw replaying();
        };
    }

    @POST
    @Path("/replay")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "replayDeadLetters",
            summary = "Send the waiting dead letters of one reason to their queue again",
            description =
                    "Those that failed longest ago first, so many at most, and for some seconds at most; call it again while some "
                            + "remain.")
    @APIResponse(
            responseCode = "200",
            description = "How many were replayed, and how many remain",
            content = @Content(schema = @Schema(implementation = ReplayedMany.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "503", description = "replay_not_taken, overloaded: none was replayed")
    public ReplayedMany replayMany(
            @NotNull @Valid ReplayMany body,
            @Parameter(description = OPERATOR_DESCRIPTION) @HeaderParam(Operator.HEADER) @Nullable String operator) {
        int limit = body.limit() == null ? ReplayMany.LIMIT_DEFAULT : body.limit();
        ReplayedMany result =
                replays.replayMany(Objects.requireNonNull(body.reason()), limit, Operator.named(operator));
        if (result.replayed() == 0 && result.stoppedBecause() != null) {
            throw notTaken(result.stoppedBecause());
        }
        return result;
    }

    @POST
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
            @Parameter(description = OPERATOR_DESCRIPTION) @HeaderParam(Operator.HEADER) @Nullable String operator) {
        return switch (discards.discard(id, Objects.requireNonNull(body.note()), Operator.named(operator))) {
            case DiscardResult.Discarded(DeadLetterSummary deadLetter) -> deadLetter;
            case DiscardResult.NotFound missing -> throw notFound();
            case DiscardResult.NotWaiting(DeadLetterStatus status) -> throw handled(status);
            case DiscardResult.Busy busy -> throw replaying();
        };
    }

    @GET
    @Path("/audit")
    @DatabaseBulkhead
    @Operation(
            operationId = "listDeadLetterActs",
            summary = "What operators did with dead letters, newest first",
            description = "Each replay and each discard; these rows are never changed or deleted.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = DeadLetterAct.class)),
            headers =
                    @Header(
                            name = HttpHeaders.LINK,
                            description = "<…>; rel=\"next\"",
                            schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response audit(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Parameter(description = "Only the acts on this letter") @QueryParam("dead_letter_id") @Nullable
                    UUID deadLetterId,
            @Context UriInfo request) {
        return table.acts(deadLetterId, limit, cursor).toResponse(request);
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
        return Problem.retryLater(503, "replay_not_taken", "Nothing was replayed: " + why + ".", RETRY_AFTER);
    }
}
