package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.holdfast.tracing.Traceparent;
import io.quarkus.rest.client.reactive.ClientExceptionMapper;
import io.quarkus.rest.client.reactive.Url;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The calls of payments that this service makes, each to the replica at the given address. */
@RegisterProvider(ServiceAuthorization.class)
@RegisterProvider(Untraced.class)
@RegisterRestClient(configKey = "payments", baseUri = PaymentsClient.NO_ADDRESS)
@Path("/")
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
interface PaymentsClient {
    /** A client must be given an address, though each call names another. */
    String NO_ADDRESS = "http://payments.invalid";

    @POST
    @Path("internal/holds")
    Uni<RestResponse<HoldsAnswer>> hold(
            @Url URI payments,
            @QueryParam("outcomes") boolean outcomes,
            @HeaderParam(Traceparent.HEADER) @Nullable String traceparent,
            HoldsBody body);

    @POST
    @Path("internal/releases")
    Uni<Response> release(
            @Url URI payments, @HeaderParam(Traceparent.HEADER) @Nullable String traceparent, ReleaseBody body);

    @POST
    @Path("internal/refunds")
    Uni<Response> refund(
            @Url URI payments, @HeaderParam(Traceparent.HEADER) @Nullable String traceparent, RefundBody body);

    @POST
    @Path("internal/refunds/parts")
    Uni<Response> refundPart(
            @Url URI payments, @HeaderParam(Traceparent.HEADER) @Nullable String traceparent, PartRefundBody body);

    @POST
    @Path("internal/cancellations")
    Uni<Response> cancel(
            @Url URI payments, @HeaderParam(Traceparent.HEADER) @Nullable String traceparent, CancellationBody body);

    /** An answer that says nothing about the hold is an error to try again after; all others are for the caller to read. */
    @ClientExceptionMapper
    static @Nullable RuntimeException unavailable(Response response) {
        int status = response.getStatus();
        return status >= 500 || status == 408 || status == 429
                ? new PaymentsUnavailableException("payments answered " + status, true)
                : null;
    }

    /** @param expiresInSeconds null for the time that payments chooses; one of a version before refuses any other */
    record HoldsBody(
            @JsonProperty("holds") List<HoldRequest> holds,

            @JsonProperty("expires_in_seconds") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long expiresInSeconds) {
        HoldsBody(List<HoldRequest> holds) {
            this(holds, null);
        }
    }

    /** @param notTaken why, by order id; null where payments is of a version that does not say so */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record HoldsAnswer(
            @JsonProperty("taken") @Nullable Set<UUID> taken,
            @JsonProperty("not_taken") @Nullable Map<UUID, String> notTaken) {}

    record ReleaseBody(
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("user_id") UUID userId) {}

    record RefundBody(
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("user_id") UUID userId) {}

    record PartRefundBody(
            @JsonProperty("refund_id") UUID refundId,
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("user_id") UUID userId,
            @JsonProperty("amount") BigDecimal amount) {}

    record CancellationBody(
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("user_id") UUID userId,
            @JsonProperty("amount") BigDecimal amount) {}
}
