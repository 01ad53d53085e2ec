package dev.holdfast.delivery.audit;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Text;
import dev.holdfast.rest.TimeRange;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The audit over HTTP. Each service extends it with a path of its own below {@code /admin}, by which the gateway finds it. */
@Produces(MediaType.APPLICATION_JSON)
public abstract class AuditResource {
    private static final int SUBJECT_CHARACTERS_MAX = 255;
    private static final int ACTION_CHARACTERS_MAX = 50;

    private final Audit audit;

    protected AuditResource(Audit audit) {
        this.audit = audit;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @DatabaseBulkhead
    @Operation(
            operationId = "listAudit",
            summary = "Who did what, newest first",
            description =
                    "Each act of a caller that changed money or operations, and each that was refused by more than its "
                            + "role; no record is ever deleted, and only texts about a user can be erased. Follow the Link header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = AuditRecord.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Parameter(
                            description = "Only the acts of this caller",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = SUBJECT_CHARACTERS_MAX,
                                            pattern = Text.PATTERN_SEARCHED))
                    @QueryParam("subject")
                    @Text(max = SUBJECT_CHARACTERS_MAX, isSearched = true, message = Text.RULE_SEARCHED)
                    @Nullable
                    String subject,
            @Parameter(
                            description =
                                    "Only acts of this kind, for example deposit, withdraw, hold, release, cancel, capture, refund, replay,"
                                            + " discard, settle, freeze, unfreeze, close, propose, approve, reject, erase",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = ACTION_CHARACTERS_MAX,
                                            pattern = Text.PATTERN_SEARCHED))
                    @QueryParam("action")
                    @Text(max = ACTION_CHARACTERS_MAX, isSearched = true, message = Text.RULE_SEARCHED)
                    @Nullable
                    String action,
            @Parameter(description = "Only acts on this account, order, adjustment or dead letter")
                    @QueryParam("object_id")
                    @Nullable
                    UUID objectId,
            @Parameter(description = "Only acts at this time or later") @QueryParam("from") @Nullable Instant from,
            @Parameter(description = "Only acts before this time, which is not before from") @QueryParam("to") @Nullable
                    Instant to,
            @Context UriInfo request) {
        return audit.page(new Audit.Filter(subject, action, objectId, TimeRange.of(from, to)), limit, cursor)
                .toResponse(request);
    }
}
