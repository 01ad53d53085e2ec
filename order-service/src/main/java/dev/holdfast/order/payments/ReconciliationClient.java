package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.rest.client.reactive.ClientExceptionMapper;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Collection;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jspecify.annotations.Nullable;

/** What payments tells for reconciliation; reads that may take longer than a customer would wait. */
@RegisterProvider(ServiceAuthorization.class)
@RegisterProvider(Untraced.class)
@RegisterRestClient(configKey = "payments-reconciliation", baseUri = PaymentsClient.NO_ADDRESS)
@Path("/internal/reconciliation")
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
interface ReconciliationClient {
    @POST
    @Path("orders")
    Uni<Response> orders(@Url URI payments, PageBody body);

    @POST
    @Path("orders/by-id")
    Uni<Response> ordersById(@Url URI payments, IdsBody body);

    @POST
    @Path("orders/recent")
    Uni<Response> recent(@Url URI payments, RecentBody body);

    @POST
    @Path("accounts")
    Uni<Response> accounts(@Url URI payments, PageBody body);

    @POST
    @Path("accounts/by-id")
    Uni<Response> accountsById(@Url URI payments, IdsBody body);

    @ClientExceptionMapper
    static @Nullable RuntimeException unavailable(Response response) {
        return PaymentsClient.unavailable(response);
    }

    record PageBody(
            @JsonProperty("after") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            UUID after,

            @JsonProperty("limit") int limit) {}

    record IdsBody(@JsonProperty("ids") Collection<UUID> ids) {}

    record RecentBody(
            @JsonProperty("seconds") long seconds,
            @JsonProperty("limit") int limit) {}
}
