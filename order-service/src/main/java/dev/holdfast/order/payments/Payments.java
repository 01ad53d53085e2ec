package dev.holdfast.order.payments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

/** What this service asks of payments, and what it makes of the answers. */
@ApplicationScoped
public class Payments {
    private static final HoldAnswer HELD = new HoldAnswer.Held();
    /** The statuses by which payments refuses a hold, whatever the reason; others tell that something is broken. */
    private static final Set<Integer> REFUSALS = Set.of(402, 404, 409, 422);

    private final PaymentsReplicas replicas;
    private final ObjectMapper json;

    Payments(PaymentsReplicas replicas, ObjectMapper json) {
        this.replicas = replicas;
        this.json = json;
    }

    /**
     * Reserves the money of an order. The same call again has the same answer and reserves nothing more.
     *
     * <p>While payments fails half of the time it is left alone for two seconds; nothing is sent then, so there is
     * nothing to release either.
     *
     * @throws PaymentsUnavailableException when there was no answer to rely on; the hold may have been taken
     * @throws org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException when nothing was sent
     */
    @CircuitBreaker(
            requestVolumeThreshold = 20,
            failureRatio = 0.5,
            delay = 2000,
            failOn = PaymentsUnavailableException.class)
    public HoldAnswer hold(UUID userId, UUID orderId, BigDecimal amount) {
        try (Response response =
                await(sent -> replicas.hold(userId, new PaymentsClient.HoldBody(orderId, amount), sent))) {
            if (response.getStatus() == 200) {
                return HELD;
            }
            JsonNode problem = problem(response);
            String code = problem.path("code").asText();
            if (response.getStatus() == 400 && code.equals("validation_failed")) {
                return new HoldAnswer.InvalidUser(
                        problem.at("/errors/0/message").asText("is refused by payments"));
            }
            HoldAnswer named = HoldAnswer.named(code);
            if (named != null) {
                return named;
            }
            if (code.isEmpty() || !REFUSALS.contains(response.getStatus())) {
                throw unexpected(response, code);
            }
            return new HoldAnswer.Otherwise(code);
        }
    }

    /**
     * Reserves the money of many orders by one call, as far as nothing stands in the way. The same call again reserves
     * nothing more. No thread waits for the answer.
     *
     * <p>While payments fails half of the time it is left alone for two seconds, as for {@link #hold}.
     *
     * @return by order id what came of it; {@link #hold} tells how it is with those that are left out. Fails with a {@link
     *     PaymentsUnavailableException} when there was no answer to rely on; the holds may have been taken. Fails with a
     *     {@link org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException} when nothing was sent
     */
    @CircuitBreaker(
            requestVolumeThreshold = 4,
            failureRatio = 0.5,
            delay = 2000,
            failOn = PaymentsUnavailableException.class)
    public Uni<Map<UUID, HoldAnswer>> holdJointly(List<WantedHold> holds) {
        return ask(sent -> replicas.holdJointly(new PaymentsClient.JointHoldBody(holds), sent))
                .map(Payments::outcomes);
    }

    private static Map<UUID, HoldAnswer> outcomes(Response response) {
        if (response.getStatus() != 200) {
            // A refusal is of the whole: each is told alone what is wrong with it.
            return Map.of();
        }
        if (!(response.getEntity() instanceof PaymentsClient.JointHoldAnswer answer) || answer.taken() == null) {
            throw new PaymentsUnavailableException("payments gave no answer to holds", true);
        }
        Map<UUID, HoldAnswer> outcomes = HashMap.newHashMap(answer.taken().size());
        answer.taken().forEach(id -> outcomes.put(id, HELD));
        if (answer.notTaken() != null) {
            answer.notTaken().forEach((id, code) -> {
                HoldAnswer named = code == null ? null : HoldAnswer.named(code);
                if (named != null) {
                    outcomes.put(id, named);
                }
            });
        }
        return outcomes;
    }

    /**
     * Gives the reserved money of an order back. Done as well when it was charged: then a result says so, and there is
     * nothing left to release.
     *
     * @return false when there is no such hold
     * @throws PaymentsUnavailableException when it is not known to be done
     */
    public boolean release(UUID userId, UUID orderId) {
        try (Response response =
                await(sent -> replicas.release(userId, new PaymentsClient.ReleaseBody(orderId), sent))) {
            if (response.getStatus() == 200) {
                return true;
            }
            String code = problem(response).path("code").asText();
            return switch (response.getStatus() + " " + code) {
                case "404 hold_not_found", "404 account_not_found" -> false;
                case "409 hold_captured" -> true;
                default -> throw unexpected(response, code);
            };
        }
    }

    /**
     * Gives the charged money of an order back, once however often it is called.
     *
     * @throws PaymentsUnavailableException when it is not known to be done
     */
    public void refund(UUID userId, UUID orderId) {
        try (Response response = await(sent -> replicas.refund(new PaymentsClient.RefundBody(orderId, userId), sent))) {
            if (response.getStatus() != 200) {
                throw unexpected(response, problem(response).path("code").asText());
            }
        }
    }

    private static Uni<Response> ask(Function<AtomicBoolean, Uni<Response>> call) {
        AtomicBoolean sent = new AtomicBoolean();
        return call.apply(sent)
                .onFailure(ProcessingException.class)
                .transform(e ->
                        new PaymentsUnavailableException("payments did not answer: " + e.getMessage(), sent.get(), e));
    }

    /** As long as the REST client's own time limits let it take. */
    private static Response await(Function<AtomicBoolean, Uni<Response>> call) {
        return ask(call).await().indefinitely();
    }

    private JsonNode problem(Response response) {
        try {
            return json.readTree(response.readEntity(String.class));
        } catch (JsonProcessingException | ProcessingException noProblemAtAll) {
            // Something between us and payments answered; the status alone tells nothing about the hold.
            return MissingNode.getInstance();
        }
    }

    private static PaymentsUnavailableException unexpected(Response response, String code) {
        return new PaymentsUnavailableException(
                "payments answered " + response.getStatus() + " " + (code.isEmpty() ? "without a code" : code), true);
    }
}
