package dev.holdfast.order.payments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.holdfast.delivery.TraceContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

/** What this service asks of payments, and what it makes of the answers. */
@ApplicationScoped
public class Payments {
    private static final HoldAnswer HELD = new HoldAnswer.Held();

    private final PaymentsReplicas replicas;
    private final ObjectMapper json;

    Payments(PaymentsReplicas replicas, ObjectMapper json) {
        this.replicas = replicas;
        this.json = json;
    }

    /**
     * Reserves the money of many orders by one call. The same call again has the same answer and reserves nothing more. No
     * thread waits for the answer.
     *
     * <p>While payments fails half of the time it is left alone for two seconds; nothing is sent then, so there is
     * nothing to release either.
     *
     * @param traceparent of what the call is a part of, null for nothing
     * @return by order id what came of it; those that are left out are to be sent again. Fails with a {@link
     *     PaymentsUnavailableException} when there was no answer to rely on; the holds may have been taken. Fails with a
     *     {@link org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException} when nothing was sent
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            failureRatio = 0.5,
            delay = 2000,
            failOn = PaymentsUnavailableException.class)
    public Uni<Map<UUID, HoldAnswer>> hold(List<HoldRequest> holds, @Nullable String traceparent) {
        return hold(new PaymentsClient.HoldsBody(holds), traceparent);
    }

    /**
     * The same for orders that are charged when somebody asks for it. It is left alone by itself: a replica of payments of the
     * version before refuses such a call, and must not keep other orders from being placed.
     *
     * @param expiry how long the money stays reserved
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            failureRatio = 0.5,
            delay = 2000,
            failOn = PaymentsUnavailableException.class)
    public Uni<Map<UUID, HoldAnswer>> holdUntilCaptured(
            List<HoldRequest> holds, Duration expiry, @Nullable String traceparent) {
        return hold(new PaymentsClient.HoldsBody(holds, expiry.toSeconds()), traceparent);
    }

    private Uni<Map<UUID, HoldAnswer>> hold(PaymentsClient.HoldsBody body, @Nullable String traceparent) {
        AtomicBoolean sent = new AtomicBoolean();
        return ask(replicas.hold(body, traceparent, sent), sent).map(response -> answers(response, sent.get()));
    }

    private static Map<UUID, HoldAnswer> answers(Response response, boolean sentBefore) {
        if (response.getStatus() != 200) {
            // This call has held nothing; an earlier attempt whose answer was lost may have.
            throw new PaymentsUnavailableException("payments refused holds with " + response.getStatus(), sentBefore);
        }
        if (!(response.getEntity() instanceof PaymentsClient.HoldsAnswer answer) || answer.taken() == null) {
            throw new PaymentsUnavailableException("payments gave no answer to holds", true);
        }
        Map<UUID, HoldAnswer> answers = HashMap.newHashMap(answer.taken().size());
        answer.taken().forEach(id -> answers.put(id, HELD));
        if (answer.notTaken() != null) {
            answer.notTaken().forEach((id, code) -> answers.put(id, HoldAnswer.named(code, sentBefore)));
        }
        return answers;
    }

    /**
     * Gives the reserved money of an order back. Done as well when it was charged: then a result says so, and there is
     * nothing left to release.
     *
     * @return false when there is no such hold
     * @throws PaymentsUnavailableException when it is not known to be done
     */
    public boolean release(UUID userId, UUID orderId) {
        try (Response response = await(sent ->
                replicas.release(new PaymentsClient.ReleaseBody(orderId, userId), TraceContext.of(orderId), sent))) {
            if (response.getStatus() == 200) {
                return true;
            }
            String code = json(response).path("code").asText();
            return switch (response.getStatus() + " " + code) {
                case "404 hold_not_found", "404 account_not_found" -> false;
                case "409 hold_captured" -> true;
                default -> throw unexpected(response, code);
            };
        }
    }

    /**
     * Gives all the charged money of a cancelled order back, once however often it is called.
     *
     * @throws PaymentsUnavailableException when it is not known to be done
     */
    public void refund(UUID userId, UUID orderId) {
        try (Response response = await(sent ->
                replicas.refund(new PaymentsClient.RefundBody(orderId, userId), TraceContext.of(orderId), sent))) {
            if (response.getStatus() != 200) {
                throw unexpected(response, json(response).path("code").asText());
            }
        }
    }

    /**
     * Gives a part of the charged money of an order back, once for each id however often it is called. No thread waits for it.
     *
     * @param traceparent of what the call is a part of, null for nothing
     * @return fails with a {@link PaymentsUnavailableException} when it is not known to be done
     */
    public Uni<Boolean> refundPart(
            UUID refundId, UUID userId, UUID orderId, BigDecimal amount, @Nullable String traceparent) {
        AtomicBoolean sent = new AtomicBoolean();
        PaymentsClient.PartRefundBody body = new PaymentsClient.PartRefundBody(refundId, orderId, userId, amount);
        return ask(replicas.refundPart(body, traceparent, sent), sent).map(this::isRefunded);
    }

    private boolean isRefunded(Response answer) {
        try (Response response = answer) {
            JsonNode body = json(response);
            if (response.getStatus() == 200 && body.path("status").asText().equals("refunded")) {
                return true;
            }
            // Payments of the version before answers 404, as it does not know the call: to be asked again when it does.
            throw unexpected(response, body.path("code").asText());
        }
    }

    /**
     * Lets nothing be captured for an order any more, unless it is captured already: payments decides who comes first. The
     * same call again has the same answer. No thread waits for it.
     *
     * @param traceparent of what the call is a part of, null for nothing
     * @return whether nothing will be captured. Fails with a {@link PaymentsUnavailableException} when there was no answer to
     *     rely on
     */
    public Uni<Boolean> cancel(UUID userId, UUID orderId, BigDecimal amount, @Nullable String traceparent) {
        AtomicBoolean sent = new AtomicBoolean();
        return ask(
                        replicas.cancel(
                                new PaymentsClient.CancellationBody(orderId, userId, amount), traceparent, sent),
                        sent)
                .map(this::isCancelled);
    }

    private boolean isCancelled(Response answer) {
        try (Response response = answer) {
            JsonNode body = json(response);
            String code = body.path("code").asText();
            if (response.getStatus() == 200 && body.path("status").asText().equals("cancelled")) {
                return true;
            }
            if (response.getStatus() == 409 && code.equals("hold_captured")) {
                return false;
            }
            // Payments of the version before answers 404, as it does not know the call: to be asked again when it does.
            throw unexpected(response, code);
        }
    }

    private static Uni<Response> ask(Uni<Response> call, AtomicBoolean sent) {
        return call.onFailure(ProcessingException.class)
                .transform(e ->
                        new PaymentsUnavailableException("payments did not answer: " + e.getMessage(), sent.get(), e));
    }

    /** As long as the REST client's own time limits let it take. */
    private static Response await(Function<AtomicBoolean, Uni<Response>> call) {
        AtomicBoolean sent = new AtomicBoolean();
        return ask(call.apply(sent), sent).await().indefinitely();
    }

    private JsonNode json(Response response) {
        try {
            return json.readTree(response.readEntity(String.class));
        } catch (JsonProcessingException | ProcessingException noJsonAtAll) {
            // Something between us and payments answered; the status alone tells nothing about the hold.
            return MissingNode.getInstance();
        }
    }

    private static PaymentsUnavailableException unexpected(Response response, String code) {
        return new PaymentsUnavailableException(
                "payments answered " + response.getStatus() + " " + (code.isEmpty() ? "without a code" : code), true);
    }
}
