package dev.holdfast.order.reconciliation;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.TraceContext;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.RequestTrace;
import dev.holdfast.rest.access.CurrentCaller;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
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
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
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
    private final Settlements settlements;
    private final CurrentCaller caller;
    private final RequestTrace trace;

    ReconciliationResource(
            Reconciliations reconciliations, Settlements settlements, CurrentCaller caller, RequestTrace trace) {
        this.reconciliations = reconciliations;
        this.settlements = settlements;
        this.caller = caller;
        this.trace = trace;
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

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Path("/settle")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "settleDiscrepancies",
            summary = "Mend open discrepancies of one kind",
            description =
                    "capture_without_order and cancelled_but_captured: the money is given back, and no order can be "
                            + "placed under the ids of those without one any more. finished_without_capture: the order is charged. refund_not_booked: its refunds are booked "
                            + "again, those that payments has forgotten. "
                            + "For databases that were restored to different moments; it may be repeated.")
    @APIResponse(
            responseCode = "200",
            description = "How many are on their way, and which stay as they are",
            content = @Content(schema = @Schema(implementation = SettledDiscrepancies.class)))
    @APIResponse(responseCode = "400", description = "validation_failed, malformed_json")
    @APIResponse(responseCode = "404", description = "discrepancy_not_found: none of this kind and order is open")
    @APIResponse(responseCode = "409", description = "discrepancy_not_settled: nothing mends this kind")
    @APIResponse(responseCode = "503", description = "payments_unavailable, overloaded: to be repeated")
    public SettledDiscrepancies settle(@NotNull @Valid SettleDiscrepancies body) {
        String traceparent = trace.parent();
        try {
            return switch (TraceContext.call(
                    any -> traceparent, traceparent, () -> settlements.settle(body, caller.acting()))) {
                case Settlements.Result.Done(SettledDiscrepancies settled) -> settled;
                case Settlements.Result.NotDone.NOT_OPEN ->
                    throw Problem.of(404, "discrepancy_not_found", "There is no such open discrepancy.");
                case Settlements.Result.NotDone.NOT_SETTLED ->
                    throw Problem.of(409, "discrepancy_not_settled", "This kind is not mended by an act.");
            };
        } catch (PaymentsUnavailableException | CircuitBreakerOpenException e) {
            throw Problem.retryLater(503, "payments_unavailable", "Payments cannot be reached.", RETRY_AFTER);
        }
    }
}
