package dev.holdfast.payment.transfer;

import dev.holdfast.access.Roles;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.TimeRange;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
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
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

@Path("/accounts/{user_id}/transfers")
@Produces({MediaType.APPLICATION_JSON, StatementResource.CSV, StatementResource.NDJSON})
@Tag(name = "accounts")
@DatabaseBulkhead
class StatementResource {
    static final String CSV = "text/csv";
    static final String NDJSON = "application/x-ndjson";

    private static final PageLimit ONE = new PageLimit(1);

    private final Statements statements;
    private final StatementExports exports;

    StatementResource(Statements statements, StatementExports exports) {
        this.statements = statements;
        this.exports = exports;
    }

    @GET
    @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR})
    @Operation(
            operationId = "listTransfers",
            summary = "The statement of an account",
            description =
                    "Deposits, withdrawals, captures, refunds and adjustments, newest first, each with its number, what it did to the balance, and what the balance was with it. Follow the Link header to the next page. By the header Accept it is exported whole, the oldest first and without a limit: as text/csv or application/x-ndjson, line by line; without a last line that begins with end, or has it, it was cut off. That line's cursor begins the next export.")
    @APIResponse(
            responseCode = "200",
            description =
                    "A page of the statement; as text/csv or application/x-ndjson all of it, whose last line has the cursor to go on",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.ARRAY, implementation = TransferView.class)),
                @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)),
                @Content(mediaType = NDJSON, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(responseCode = "400", description = "Wrong user_id, from, to, limit or cursor (validation_failed)")
    @APIResponse(responseCode = "404", description = "No such account (account_not_found)")
    public Response list(
            @PathParam("user_id") UUID userId,
            @Parameter(description = "Only transfers of this time or later") @QueryParam("from") @Nullable Instant from,
            @Parameter(description = "Only transfers from before this time, which is not before from")
                    @QueryParam("to")
                    @Nullable
                    Instant to,
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Context UriInfo request,
            @Context HttpHeaders headers,
            @Context HttpServerRequest connection) {
        TimeRange range = TimeRange.of(from, to);
        ExportFormat format = format(headers);
        if (format != null) {
            Page<TransferView> newest =
                    statements.page(userId, range, ONE, null).orElseThrow(Problem::accountNotFound);
            return Response.ok(exports.export(
                            userId, statements.upToNow(range, newest), cursor, format, connection.connection()))
                    .type(format.mediaType())
                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + format.fileName(userId) + "\"")
                    .build();
        }
        return statements
                .page(userId, range, limit, cursor)
                .orElseThrow(Problem::accountNotFound)
                .toResponse(request);
    }

    /** The first that is asked for; null for a page in JSON. */
    private static @Nullable ExportFormat format(HttpHeaders headers) {
        for (MediaType accepted : headers.getAcceptableMediaTypes()) {
            if (accepted.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return null;
            }
            for (ExportFormat format : ExportFormat.values()) {
                if (accepted.isCompatible(MediaType.valueOf(format.mediaType()))) {
                    return format;
                }
            }
        }
        return null;
    }
}
