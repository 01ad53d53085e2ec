package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.rest.client.reactive.ClientExceptionMapper;
import io.vertx.core.VertxException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jspecify.annotations.Nullable;

/**
 * The calls of payments that this service makes.
 *
 * <p>Each may be sent again because payments makes them idempotent by the order id. What fails fast (a refused or broken
 * connection, which the client reports as either exception, an answer 5xx) is tried again after a short pause; an answer that takes as long as the read timeout is not.
 */
@RegisterRestClient(configKey = "payments")
@Path("/")
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
interface PaymentsClient {

    @POST
    @Path("accounts/{user_id}/hold")
    @Retry(
            maxRetries = 2,
            delay = 50,
            jitter = 40,
            maxDuration = 2,
            durationUnit = ChronoUnit.SECONDS,
            retryOn = {PaymentsUnavailableException.class, ProcessingException.class, VertxException.class})
    Response hold(@PathParam("user_id") UUID userId, HoldBody body);

    @POST
    @Path("accounts/{user_id}/release")
    @Retry(
            maxRetries = 2,
            delay = 50,
            jitter = 40,
            maxDuration = 2,
            durationUnit = ChronoUnit.SECONDS,
            retryOn = {PaymentsUnavailableException.class, ProcessingException.class, VertxException.class})
    Response release(@PathParam("user_id") UUID userId, ReleaseBody body);

    /** Not tried again here: its only caller comes back until it is done. */
    @POST
    @Path("refunds")
    Response refund(RefundBody body);

    /** An answer that says nothing about the hold is an error to try again after; all others are for the caller to read. */
    @ClientExceptionMapper
    static @Nullable RuntimeException unavailable(Response response) {
        int status = response.getStatus();
        return status >= 500 || status == 408 || status == 429
                ? new PaymentsUnavailableException("payments answered " + status, true)
                : null;
    }

    record HoldBody(
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("amount") BigDecimal amount) {}

    record ReleaseBody(@JsonProperty("order_id") UUID orderId) {}

    record RefundBody(
            @JsonProperty("order_id") UUID orderId,
            @JsonProperty("user_id") UUID userId) {}
}
