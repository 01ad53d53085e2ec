package dev.holdfast.order.payments;

import dev.holdfast.replica.Replica;
import dev.holdfast.replica.Replicas;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/**
 * Makes each call to one of the replicas of payments.
 *
 * <p>A replica that takes no connection is passed over at once, and one that failed until a {@linkplain #probe probe} is
 * answered. Beyond that, each call may be sent again because payments
 * makes them idempotent by the order id: what fails fast (a broken connection, an answer 5xx or one that cannot be read) is
 * tried again after a short pause, at another replica where there is one; an answer that takes as long as the read timeout
 * is not.
 */
@ApplicationScoped
@Retry(
        maxRetries = 2,
        delay = 50,
        jitter = 40,
        maxDuration = 1,
        durationUnit = ChronoUnit.SECONDS,
        retryOn = {PaymentsUnavailableException.class, ProcessingException.class})
class PaymentsReplicas {
    private final PaymentsClient client;
    private final ReconciliationClient reconciliation;
    private final PaymentsSpans spans;
    private final Replicas replicas;
    /** Apart, so that a replica which is slow to read whole pages is not passed over by customers. */
    private final Replicas reconciliationReplicas;

    PaymentsReplicas(
            @RestClient PaymentsClient client,
            @RestClient ReconciliationClient reconciliation,
            PaymentsSpans spans,
            PaymentsConfig config) {
        this.client = client;
        this.spans = spans;
        this.reconciliation = reconciliation;
        // Also one that says it is stopping is probed: it does no harm to a probe to lose its connection.
        this.replicas = new Replicas(config.addresses(), config.coolDown(), config.coolDown(), this::probe);
        this.reconciliationReplicas = new Replicas(config.addresses(), config.coolDown(), config.stopTime());
    }

    /** @return a Response whose entity is a {@link PaymentsClient.HoldsAnswer} where its status is 200 */
    Uni<Response> hold(PaymentsClient.HoldsBody body, @Nullable String traceparent, AtomicBoolean sent) {
        return ask(
                replicas,
                sent,
                payments -> spans.around(
                        "/internal/holds",
                        payments,
                        traceparent,
                        trace -> client.hold(payments, true, trace, body).map(RestResponse::toResponse)));
    }

    Uni<Response> release(PaymentsClient.ReleaseBody body, @Nullable String traceparent, AtomicBoolean sent) {
        return ask(
                replicas,
                sent,
                payments -> spans.around(
                        "/internal/releases", payments, traceparent, trace -> client.release(payments, trace, body)));
    }

    Uni<Response> refund(PaymentsClient.RefundBody body, @Nullable String traceparent, AtomicBoolean sent) {
        return ask(
                replicas,
                sent,
                payments -> spans.around(
                        "/internal/refunds", payments, traceparent, trace -> client.refund(payments, trace, body)));
    }

    Uni<Response> refundPart(PaymentsClient.PartRefundBody body, @Nullable String traceparent, AtomicBoolean sent) {
        return ask(
                replicas,
                sent,
                payments -> spans.around(
                        "/internal/refunds/parts",
                        payments,
                        traceparent,
                        trace -> client.refundPart(payments, trace, body)));
    }

    Uni<Response> cancel(PaymentsClient.CancellationBody body, @Nullable String traceparent, AtomicBoolean sent) {
        return ask(
                replicas,
                sent,
                payments -> spans.around(
                        "/internal/cancellations",
                        payments,
                        traceparent,
                        trace -> client.cancel(payments, trace, body)));
    }

    Uni<Response> reconcile(BiFunction<ReconciliationClient, URI, Uni<Response>> call) {
        return ask(reconciliationReplicas, new AtomicBoolean(), payments -> call.apply(reconciliation, payments));
    }

    /**
     * Asks for a hold in an account that nobody has, which takes the way of every other. A replica that has just started takes
     * its time for the first one, and a batch of orders would fail.
     */
    private void probe(Replica replica) {
        long sentNanos = System.nanoTime();
        HoldRequest hold = new HoldRequest(UUID.randomUUID(), UUID.randomUUID(), BigDecimal.ONE);
        Uni.createFrom()
                .deferred(() -> client.hold(replica.address(), true, null, new PaymentsClient.HoldsBody(List.of(hold))))
                .map(RestResponse::toResponse)
                .subscribe()
                .with(answer -> answered(replica, sentNanos, answer), failure -> replica.failed());
    }

    private static void answered(Replica replica, long sentNanos, Response answer) {
        replica.answered(sentNanos, answer.getStatus(), answer.getHeaderString("Connection"));
    }

    /** Whether a call failed before a connection was there: no connection, no request. */
    private static boolean neverSent(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof SSLHandshakeException) {
                return true;
            }
        }
        return false;
    }

    /** @param sent is set where payments may have got the request, and gave no answer to rely on */
    private static Uni<Response> ask(Replicas replicas, AtomicBoolean sent, Function<URI, Uni<Response>> call) {
        return askNext(replicas, 0, new ProcessingException("payments has no address"), sent, call);
    }

    /** Asks one that was not tried; fails as the last one did where there is none left. */
    private static Uni<Response> askNext(
            Replicas replicas,
            int tried,
            ProcessingException lastFailure,
            AtomicBoolean sent,
            Function<URI, Uni<Response>> call) {
        Replica replica = replicas.choose(tried);
        if (replica == null) {
            return Uni.createFrom().failure(lastFailure);
        }
        long sentNanos = System.nanoTime();
        return Uni.createFrom()
                .deferred(() -> call.apply(replica.address()))
                .onItem()
                .invoke(answer -> answered(replica, sentNanos, answer))
                .onFailure()
                .invoke(replica::failed)
                .onTermination()
                .invoke(replica::leave)
                .onFailure()
                .recoverWithUni(failure -> {
                    if (neverSent(failure)) {
                        return askNext(replicas, tried | replica.bit(), processing(failure), sent, call);
                    }
                    sent.set(true);
                    return Uni.createFrom()
                            .failure(failure instanceof PaymentsUnavailableException ? failure : processing(failure));
                });
    }

    /** The REST client lets the loss of a connection through as it is. */
    private static ProcessingException processing(Throwable failure) {
        return failure instanceof ProcessingException known ? known : new ProcessingException(failure);
    }
}
