package dev.holdfast.payment.hold;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.rest.Amount;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** For order-service alone: the gateway has no route here. */
@Path("/holds")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
class JointHoldResource {
    private static final int HOLDS_MAX = 256;

    @Schema(name = "JointHoldRequest")
    record JointHoldRequest(
            @NotNull @Size(min = 1, max = HOLDS_MAX) List<@NotNull @Valid WantedHold> holds) {}

    @Schema(name = "WantedHold")
    record WantedHold(
            @NotNull UUID orderId,
            @NotNull UUID userId,
            @Amount BigDecimal amount) {}

    @Schema(name = "JointHold")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record JointHoldView(
            @Schema(description = "The order ids whose money is reserved, now or before")
            Set<UUID> taken,

            @Schema(
                    description =
                            "Only where outcomes were asked for: by order id, why nothing was reserved. The codes of"
                                    + " the call for a single hold, or account_busy, where the account is locked by somebody and the"
                                    + " order is to be sent again. What is in neither is to be asked for by the call for a single"
                                    + " hold, and so is what has another code.")
            @Nullable
            Map<UUID, String> notTaken) {

        /** @param outcomes whether those that were not taken are to be named */
        static JointHoldView of(Map<UUID, JointOutcome> all, boolean outcomes) {
            Set<UUID> taken = HashSet.newHashSet(all.size());
            Map<UUID, String> notTaken = new HashMap<>();
            all.forEach((orderId, outcome) -> {
                switch (outcome) {
                    case HELD -> taken.add(orderId);
                    case UNDECIDED -> {}
                    case INSUFFICIENT_FUNDS,
                            ACCOUNT_NOT_FOUND,
                            HOLD_CONFLICT,
                            HOLD_CAPTURED,
                            HOLD_RELEASED,
                            ACCOUNT_BUSY -> notTaken.put(orderId, outcome.wireName());
                }
            });
            return new JointHoldView(taken, outcomes ? notTaken : null);
        }
    }

    private final Holds holds;
    private final PaymentConfig config;

    JointHoldResource(Holds holds, PaymentConfig config) {
        this.holds = holds;
        this.config = config;
    }

    @POST
    @Operation(
            operationId = "holdJointly",
            summary = "Reserve money for many orders",
            description =
                    "Takes those holds that can be taken at once, by one commit, and says of the others why they were"
                            + " not. Accounts that are locked delay no others.")
    @APIResponse(
            responseCode = "200",
            description = "Which were taken",
            content = @Content(schema = @Schema(implementation = JointHoldView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    // The event loop reads and checks requests of up to 10 KB, as order-service sends: a worker thread would ask it for
    // each piece of the body, and wait.
    public Uni<JointHoldView> hold(
            @QueryParam("outcomes")
                    @Parameter(description = "Callers of before this was there refuse fields that they do not know")
                    @Nullable
                    Boolean outcomes,
            @NotNull @Valid JointHoldRequest request) {
        List<JointHolds.Wanted> wanted = request.holds.stream()
                .map(hold -> new JointHolds.Wanted(hold.orderId, hold.userId, hold.amount))
                .toList();
        return Uni.createFrom()
                .item(wanted)
                .emitOn(Infrastructure.getDefaultExecutor())
                .map(all ->
                        JointHoldView.of(holds.takeJointly(all, config.holdExpiry()), Boolean.TRUE.equals(outcomes)));
    }
}
