package dev.holdfast.order.result;

import dev.holdfast.delivery.BatchConsumer;
import dev.holdfast.delivery.BatchConsumers;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.Topology;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Flow;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Where the results of payments arrive. */
// Not with the first message only: dead letters of earlier are moved without one.
@Startup
@ApplicationScoped
class PaymentResultsChannel {
    private final BatchConsumer<PaymentEvent> consumer;

    PaymentResultsChannel(BatchConsumers consumers, PaymentResults results) {
        consumer = consumers.start(Topology.PAYMENT_RESULTS, results);
    }

    @Incoming("payment-results")
    Flow.Subscriber<Message<byte[]>> subscriber() {
        return consumer;
    }
}
