package dev.holdfast.payment.hold;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.access.Roles;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.hold.HoldResult.NotHeld;
import dev.holdfast.rest.Amount;
import dev.holdfast.rest.Problem;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.time.Duration;
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
@Path("/internal/holds")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
@RolesAllowed(Roles.SERVICE)
class HoldBatchResource {
    private static final int HOLDS_MAX = 256;
    /** A day more than clients may ask for: order-service ends an order before its hold ends. */
    private static final int EXPIRY_SECONDS_MAX = 8 * 24 * 60 * 60;

    @Schema(name = "HoldBatchRequest")
    record HoldBatchBody(
            @NotNull @Size(min = 1, max = HOLDS_MAX) List<@NotNull @Valid HoldOfOrder> holds,

            @Min(1)
            @Max(EXPIRY_SECONDS_MAX)
            @Schema(description = "How long the money of all of them stays reserved: 2 minutes by default")
            @Nullable
            Integer expiresInSeconds) {}

    @Schema(name = "HoldOfOrder")
    record HoldOfOrder(
            @NotNull UUID orderId,
            @NotNull UUID userId,
            @Amount BigDecimal amount) {}

    @Schema(name = "HoldBatch")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HoldBatchView(
            @Schema(description = "The order ids whose money is reserved, now or before")
            Set<UUID> taken,

            @Schema(
                    description =
                            "Only where outcomes were asked for: by order id, why nothing was reserved. The codes of"
                                    + " the call for a single hold, or account_busy, where somebody keeps the account locked. An"
                                    + " order that is busy, or in neither, is to be sent again.")
            @Nullable
            Map<UUID, String> notTaken) {

        static HoldBatchView of(Map<UUID, HoldResult> results, boolean outcomes) {
            Set<UUID> taken = HashSet.newHashSet(results.size());
            Map<UUID, String> notTaken = new HashMap<>();
            results.forEach((orderId, result) -> {
                switch (result) {
                    case HoldResult.Held held -> taken.add(orderId);
                    case NotHeld.OF_NEWER_VERSION -> {}
                    case NotHeld reason -> notTaken.put(orderId, reason.code());
                }
            });
            return new HoldBatchView(taken, outcomes ? notTaken : null);
        }
    }

    private final Holds holds;
    private final PaymentConfig config;

    HoldBatchResource(Holds holds, PaymentConfig config) {
        this.holds = holds;
        this.config = config;
    }

    @POST
    @Operation(
            operationId = "holdBatch",
            summary = "Reserve money for many orders",
            description =
                    "Takes those holds that can be taken, and says of the others why they were not. Accounts that are"
                            + " locked delay no others.")
    @APIResponse(
            responseCode = "200",
            description = "Which were taken",
            content = @Content(schema = @Schema(implementation = HoldBatchView.class)))
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    @APIResponse(responseCode = "503", description = "Try again after Retry-After seconds (overloaded)")
    // The event loop reads and checks requests of up to 10 KB, as order-service sends: a worker thread would ask it for
    // each piece of the body, and wait.
    public Uni<HoldBatchView> hold(
            @QueryParam("outcomes")
                    @Parameter(description = "Callers of before this was there refuse fields that they do not know")
                    @Nullable
                    Boolean outcomes,
            @NotNull @Valid HoldBatchBody body) {
        List<HoldRequest> requests = body.holds.stream()
                .map(hold -> new HoldRequest(hold.orderId, hold.userId, hold.amount, null))
                .toList();
        if (requests.stream().map(HoldRequest::orderId).distinct().count() < requests.size()) {
            throw Problem.invalid("holds", "must not name an order twice");
        }
        Duration expiry =
                body.expiresInSeconds == null ? config.holdExpiry() : Duration.ofSeconds(body.expiresInSeconds);
        return Uni.createFrom()
                .item(requests)
                .emitOn(Infrastructure.getDefaultExecutor())
                .map(all -> HoldBatchView.of(holds.takeAll(all, expiry), Boolean.TRUE.equals(outcomes)));
    }
}
