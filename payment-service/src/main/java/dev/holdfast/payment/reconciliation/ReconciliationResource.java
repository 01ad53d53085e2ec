package dev.holdfast.payment.reconciliation;

import dev.holdfast.access.Roles;
import dev.holdfast.payment.verification.ChainFindings;
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
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * For order-service alone: the gateway has no route here. The calls are POST because a list of ids has no room in a URL.
 */
@Path("/internal/reconciliation")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "internal", description = "Between the services; not reachable through the gateway")
@RolesAllowed(Roles.SERVICE)
class ReconciliationResource {
    private static final int PAGE_MAX = 1_000;
    private static final int RECENT_MAX = 20_000;
    private static final int RECENT_SECONDS_MAX = 3_600;

    @Schema(name = "ReconciliationPage")
    record PageRequest(
            @Schema(description = "The last id of the page before; none for the first page") @Nullable
            UUID after,

            @Min(1) @Max(PAGE_MAX) int limit) {
        UUID from() {
            return after == null ? OrderPages.BEFORE_ALL : after;
        }
    }

    @Schema(name = "ReconciliationIds")
    record IdsRequest(@NotNull @Size(max = PAGE_MAX) List<@NotNull UUID> ids) {}

    @Schema(name = "ReconciliationRecent")
    record RecentRequest(
            @Min(1) @Max(RECENT_SECONDS_MAX) int seconds,
            @Min(1) @Max(RECENT_MAX) int limit) {}

    @Schema(name = "OrderMoneyPage")
    record OrdersAnswer(List<OrderMoney> orders) {}

    @Schema(name = "RecentOrders")
    record RecentAnswer(
            List<UUID> orderIds,

            @Schema(
                    description =
                            "Of accounts, and 00000000-0000-0000-0000-000000000000 for seals, where a chain does not fit")
            List<UUID> userIds) {}

    private final OrderPages orders;
    private final AccountChecks accounts;
    private final ChainFindings findings;

    ReconciliationResource(OrderPages orders, AccountChecks accounts, ChainFindings findings) {
        this.orders = orders;
        this.accounts = accounts;
        this.findings = findings;
    }

    @POST
    @Path("orders")
    @Operation(
            operationId = "reconcileOrders",
            summary = "Where the money of each order is, by order id",
            description = "A page of all orders that have a hold or a transfer, in ascending order of the id's bytes.")
    @APIResponse(responseCode = "200", description = "A page; shorter than the limit where it is the last")
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    public OrdersAnswer orders(@NotNull @Valid PageRequest request) {
        return new OrdersAnswer(orders.after(request.from(), request.limit));
    }

    @POST
    @Path("orders/by-id")
    @Operation(
            operationId = "reconcileOrdersById",
            summary = "Where the money of these orders is",
            description = "Orders without a hold or a transfer are left out.")
    @APIResponse(responseCode = "200", description = "As of one moment")
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    public OrdersAnswer ordersById(@NotNull @Valid IdsRequest request) {
        return new OrdersAnswer(orders.of(request.ids));
    }

    @POST
    @Path("orders/recent")
    @Operation(
            operationId = "recentOrders",
            summary = "Orders that are worth a look now",
            description =
                    "Those whose payment was decided in the last seconds, and those whose hold is overdue; and the users whose transfers somebody has changed.")
    @APIResponse(responseCode = "200", description = "Their ids, so many of each kind at most")
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    public RecentAnswer recent(@NotNull @Valid RecentRequest request) {
        return new RecentAnswer(orders.recent(request.seconds, request.limit), findings.users(request.limit));
    }

    @POST
    @Path("accounts")
    @Operation(
            operationId = "reconcileAccounts",
            summary = "Accounts held against their transfers and holds",
            description = "A page of all accounts, in ascending order of the id's bytes.")
    @APIResponse(responseCode = "200", description = "How many were looked at, and which of them differ")
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    public AccountChecks.Checked accounts(@NotNull @Valid PageRequest request) {
        return accounts.after(request.from(), request.limit);
    }

    @POST
    @Path("accounts/by-id")
    @Operation(
            operationId = "reconcileAccountsById",
            summary = "The same of these accounts",
            description = "Ids without an account are left out.")
    @APIResponse(responseCode = "200", description = "How many were looked at, and which of them differ")
    @APIResponse(responseCode = "400", description = "Wrong input (validation_failed, malformed_json)")
    public AccountChecks.Checked accountsById(@NotNull @Valid IdsRequest request) {
        return accounts.of(request.ids);
    }
}
