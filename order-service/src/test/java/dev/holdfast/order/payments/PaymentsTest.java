package dev.holdfast.order.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.tracing.Spans;
import io.opentelemetry.api.trace.TracerProvider;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a hold may have been taken without an answer that says so: only then is there something to release. */
class PaymentsTest {
    private static final HoldRequest HOLD = new HoldRequest(UUID.randomUUID(), UUID.randomUUID(), BigDecimal.ONE);
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> TAKEN =
            Uni.createFrom().item(() -> RestResponse.ok(new PaymentsClient.HoldsAnswer(Set.of(HOLD.orderId()), null)));
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> EMPTY =
            Uni.createFrom().item(() -> RestResponse.ok(new PaymentsClient.HoldsAnswer(null, null)));
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> REFUSED =
            Uni.createFrom().item(() -> RestResponse.status(400));
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> LOST =
            Uni.createFrom().failure(() -> new IOException("connection reset"));
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> FAILED =
            Uni.createFrom().failure(() -> new PaymentsUnavailableException("payments answered 500", true));
    private static final Uni<RestResponse<PaymentsClient.HoldsAnswer>> NOT_SENT =
            Uni.createFrom().failure(() -> new ConnectException("connection refused"));

    private static Uni<RestResponse<PaymentsClient.HoldsAnswer>> notTaken(String code) {
        return Uni.createFrom()
                .item(() -> RestResponse.ok(new PaymentsClient.HoldsAnswer(Set.of(), Map.of(HOLD.orderId(), code))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insufficient_funds",
                "account_not_found",
                "account_frozen",
                "account_closed",
                "account_busy",
                "of_a_newer_version"
            })
    void aHoldThatIsRefusedAfterItsFirstAnswerWasLostMayBeTakenYet(String code) {
        assertThat(hold(LOST, notTaken(code)).await().indefinitely())
                .isEqualTo(Map.of(HOLD.orderId(), new HoldAnswer.Unclear()));
        assertThat(hold(NOT_SENT, notTaken(code)).await().indefinitely()).doesNotContainValue(new HoldAnswer.Unclear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hold_released", "hold_captured", "hold_conflict"})
    void anIdThatIsUsedUpStaysSo(String code) {
        assertThat(hold(LOST, notTaken(code)).await().indefinitely())
                .isEqualTo(hold(notTaken(code)).await().indefinitely());
    }

    @Test
    void aCallThatWasRefusedHasHeldNothing() {
        assertThat(unavailable(REFUSED).mayHaveArrived()).isFalse();
    }

    @Test
    void aCallThatWasRefusedByTheReplicaAfterOneThatTookNoConnectionHasHeldNothing() {
        assertThat(unavailable(NOT_SENT, REFUSED).mayHaveArrived()).isFalse();
    }

    @Test
    void aCallThatWasRefusedAfterItsFirstAnswerWasLostMayHaveHeldTheMoney() {
        assertThat(unavailable(LOST, REFUSED).mayHaveArrived()).isTrue();
    }

    @Test
    void aCallThatWasRefusedAfterItFirstFailedMayHaveHeldTheMoney() {
        assertThat(unavailable(FAILED, REFUSED).mayHaveArrived()).isTrue();
    }

    @Test
    void aCallThatIsNeverAnsweredMayHaveHeldTheMoney() {
        assertThat(unavailable(LOST, LOST).mayHaveArrived()).isTrue();
    }

    @Test
    void aCallWhoseRetryCannotBeSentMayHaveHeldTheMoney() {
        assertThat(unavailable(LOST, NOT_SENT, NOT_SENT).mayHaveArrived()).isTrue();
    }

    @Test
    void aCallThatWasNeverSentHasHeldNothing() {
        assertThat(unavailable(NOT_SENT, NOT_SENT, NOT_SENT, NOT_SENT).mayHaveArrived())
                .isFalse();
    }

    @Test
    void anAnswerThatNamesNoHoldsSaysNothingAboutThem() {
        assertThat(unavailable(EMPTY).mayHaveArrived()).isTrue();
    }

    @Test
    void theAnswerToARetryIsTheAnswer() {
        assertThat(hold(LOST, TAKEN).await().indefinitely()).isEqualTo(Map.of(HOLD.orderId(), new HoldAnswer.Held()));
    }

    @SafeVarargs
    private static PaymentsUnavailableException unavailable(Uni<RestResponse<PaymentsClient.HoldsAnswer>>... attempts) {
        return catchThrowableOfType(
                PaymentsUnavailableException.class, () -> hold(attempts).await().indefinitely());
    }

    /** Two replicas, of which each attempt asks another. */
    @SafeVarargs
    private static Uni<Map<UUID, HoldAnswer>> hold(Uni<RestResponse<PaymentsClient.HoldsAnswer>>... attempts) {
        PaymentsClient client = client(new ArrayDeque<>(Arrays.asList(attempts)));
        return new Payments(new TwoAttempts(client), new ObjectMapper()).hold(List.of(HOLD), null);
    }

    private record Config(List<URI> addresses, Optional<Path> keyFile, Duration coolDown, Duration stopTime)
            implements PaymentsConfig {}

    /** In place of the interceptor of {@code @Retry}, which does the same once more and with pauses. */
    @Vetoed
    private static final class TwoAttempts extends PaymentsReplicas {
        TwoAttempts(PaymentsClient client) {
            super(
                    client,
                    null,
                    new PaymentsSpans(new Spans(TracerProvider.noop().get("none"), 0)),
                    new Config(
                            List.of(URI.create("http://one:1"), URI.create("http://two:1")),
                            Optional.empty(),
                            Duration.ofHours(1),
                            Duration.ZERO));
        }

        @Override
        Uni<Response> hold(PaymentsClient.HoldsBody body, @Nullable String traceparent, AtomicBoolean sent) {
            return Uni.createFrom()
                    .deferred(() -> super.hold(body, traceparent, sent))
                    .onFailure()
                    .retry()
                    .atMost(1);
        }
    }

    /** Answers each call by the next answer. A class would be taken for a resource of the service under test. */
    private static PaymentsClient client(Queue<Uni<RestResponse<PaymentsClient.HoldsAnswer>>> answers) {
        return (PaymentsClient) Proxy.newProxyInstance(
                PaymentsClient.class.getClassLoader(),
                new Class<?>[] {PaymentsClient.class},
                (proxy, method, arguments) -> answers.remove());
    }
}
