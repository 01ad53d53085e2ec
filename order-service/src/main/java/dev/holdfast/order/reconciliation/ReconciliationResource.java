package dev.holdfast.order.reconciliation;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Whether orders and payments agree, for operators. */
@Path("/admin/reconciliation")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class ReconciliationResource {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    @RegisterForReflection
    @Schema(name = "ReconciliationUnderWay")
    record UnderWay(
            @Schema(description = "The pass is complete once GET /admin/reconciliation tells of so many passes")
            long pass) {}

    private final Reconciliations reconciliations;

    ReconciliationResource(Reconciliations reconciliations) {
        this.reconciliations = reconciliations;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Operation(
            operationId = "getReconciliation",
            summary = "Whether orders and payments agree",
            description = "What the continuous comparison of all orders, holds, transfers and accounts has found, and "
                    + "when it was last complete. All replicas answer the same.")
    @APIResponse(
            responseCode = "200",
            description = "The discrepancies that are there now, the newest first",
            content = @Content(schema = @Schema(implementation = ReconciliationReport.class)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    public ReconciliationReport get(@QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit) {
        return reconciliations.report(limit.rows());
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/runs")
    @Operation(
            operationId = "reconcile",
            summary = "Compare everything now",
            description =
                    "Lets a pass over everything begin after this request, without its usual pauses, and answers "
                            + "when it is complete, or after some seconds. However often it is asked for, one pass runs at a time.")
    @APIResponse(
            responseCode = "200",
            description = "It is complete",
            content = @Content(schema = @Schema(implementation = ReconciliationReport.class)))
    @APIResponse(
            responseCode = "202",
            description = "It is under way",
            content = @Content(schema = @Schema(implementation = UnderWay.class)),
            headers =
                    @Header(
                            name = HttpHeaders.LOCATION,
                            description = "Where its result will be",
                            schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(responseCode = "400", description = "validation_failed")
    @APIResponse(
            responseCode = "503",
            description = "reconciliation_failed, overloaded: it could not be completed, mostly as payments is away")
    public Response run(@QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit) {
        return switch (reconciliations.run()) {
            case Reconciliations.Requested.Complete complete ->
                Response.ok(reconciliations.report(limit.rows())).build();
            case Reconciliations.Requested.UnderWay(long pass) ->
                Response.accepted(new UnderWay(pass))
                        .header(HttpHeaders.LOCATION, "/admin/reconciliation")
                        .build();
            case Reconciliations.Requested.Failed(String why) ->
                throw Problem.retryLater(
                        503, "reconciliation_failed", "The comparison was not completed: " + why, RETRY_AFTER);
        };
    }
}
