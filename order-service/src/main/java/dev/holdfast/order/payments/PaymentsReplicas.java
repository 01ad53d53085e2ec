package dev.holdfast.order.payments;

import dev.holdfast.replica.Replica;
import dev.holdfast.replica.Replicas;
import io.vertx.core.VertxException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jspecify.annotations.Nullable;

/**
 * Makes each call to one of the replicas of payments.
 *
 * <p>A replica that takes no connection is passed over at once. Beyond that, each call may be sent again because payments
 * makes them idempotent by the order id: what fails fast (a broken connection, an answer 5xx) is tried again after a short
 * pause, at another replica where there is one; an answer that takes as long as the read timeout is not.
 */
@ApplicationScoped
@Retry(
        maxRetries = 2,
        delay = 50,
        jitter = 40,
        maxDuration = 2,
        durationUnit = ChronoUnit.SECONDS,
        retryOn = {PaymentsUnavailableException.class, ProcessingException.class})
class PaymentsReplicas {
    private final PaymentsClient client;
    private final BooksClient books;
    private final Replicas replicas;
    /** Apart, so that a replica which is slow to read its books is not passed over by customers. */
    private final Replicas booksReplicas;

    PaymentsReplicas(@RestClient PaymentsClient client, @RestClient BooksClient books, PaymentsConfig config) {
        this.client = client;
        this.books = books;
        this.replicas = new Replicas(config.addresses(), config.coolDown(), config.stopTime());
        this.booksReplicas = new Replicas(config.addresses(), config.coolDown(), config.stopTime());
    }

    Response hold(UUID userId, PaymentsClient.HoldBody body, AtomicBoolean sent) {
        return ask(replicas, sent, payments -> client.hold(payments, userId, body));
    }

    Response holdJointly(PaymentsClient.JointHoldBody body, AtomicBoolean sent) {
        return ask(replicas, sent, payments -> client.holdJointly(payments, body));
    }

    Response release(UUID userId, PaymentsClient.ReleaseBody body, AtomicBoolean sent) {
        return ask(replicas, sent, payments -> client.release(payments, userId, body));
    }

    Response refund(PaymentsClient.RefundBody body, AtomicBoolean sent) {
        return ask(replicas, sent, payments -> client.refund(payments, body));
    }

    Response books(BiFunction<BooksClient, URI, Response> call) {
        return ask(booksReplicas, new AtomicBoolean(), payments -> call.apply(books, payments));
    }

    /** Whether a call failed before a connection was there: no connection, no request. */
    private static boolean neverSent(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    /** @param sent is set where payments may have got the request, by this attempt or one before it */
    private static Response ask(Replicas replicas, AtomicBoolean sent, Function<URI, Response> call) {
        int tried = 0;
        ProcessingException lastFailure = new ProcessingException("payments has no address");
        for (Replica replica = replicas.choose(tried); replica != null; replica = replicas.choose(tried)) {
            long sentNanos = System.nanoTime();
            try {
                Response answer = call.apply(replica.address());
                replica.answered(sentNanos, answer.getStatus(), answer.getHeaderString("Connection"));
                return answer;
            } catch (PaymentsUnavailableException e) {
                replica.failed();
                sent.set(true);
                throw e;
            } catch (ProcessingException | VertxException e) {
                replica.failed();
                // The REST client lets the loss of a connection through as it is.
                lastFailure = e instanceof ProcessingException known ? known : new ProcessingException(e);
                if (!neverSent(e)) {
                    sent.set(true);
                    throw lastFailure;
                }
                tried |= replica.bit();
            } finally {
                replica.leave();
            }
        }
        throw lastFailure;
    }
}
