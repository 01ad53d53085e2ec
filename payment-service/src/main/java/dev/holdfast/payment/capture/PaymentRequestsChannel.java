package dev.holdfast.payment.capture;

import dev.holdfast.delivery.BatchConsumer;
import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Where requests to capture arrive. */
// Not with the first message only: dead letters of earlier are moved without one.
@Startup
@ApplicationScoped
class PaymentRequestsChannel {
    private final BatchConsumer<PaymentRequested> consumer;

    PaymentRequestsChannel(BatchConsumers consumers, Captures captures) {
        consumer = consumers.start(Topology.PAYMENT_REQUESTS, captures);
    }

    @Incoming("payment-requests")
    Flow.Subscriber<Message<byte[]>> subscriber() {
        return consumer;
    }
}
