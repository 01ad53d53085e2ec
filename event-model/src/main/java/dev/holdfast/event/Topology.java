package dev.holdfast.event;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of everything on the broker. They are declared by the definitions that the broker loads when it starts
 * ({@code k8s/overlays/local/rabbitmq/definitions.json}), and documented by {@code asyncapi.yaml}.
 */
public final class Topology {
    /** The broker user of order-service: the sender of what is in {@link #PAYMENT_REQUESTS}. */
    public static final String ORDERS_USER = "orders";
    /** The broker user of payment-service: the sender of what is in {@link #PAYMENT_RESULTS}. */
    public static final String PAYMENTS_USER = "payments";

    /** A quorum queue, from order-service to payment-service. */
    public static final String PAYMENT_REQUESTS = "payment_requests";
    /** A quorum queue, from payment-service to order-service. */
    public static final String PAYMENT_RESULTS = "payment_results";
    /** Of both directions the first queue, after which all else of the direction is named: exchanges and a dead-letter queue. */
    public static final List<String> QUEUES = List.of(PAYMENT_REQUESTS, PAYMENT_RESULTS);

    /** A durable direct exchange for the broker's own dead letters, to which no user may write; routed as above. */
    public static final String DEAD_LETTER_EXCHANGE = "payment_dead_letters";

    /** How often the broker delivers a message that is never acknowledged before it becomes a dead letter. */
    public static final int DELIVERY_LIMIT = 20;
    /** The AMQP header of a dead letter that tells why it is one. */
    public static final String REASON_HEADER = "x-holdfast-reason";
    /** The AMQP header of a dead letter that tells one failure of the same message from the next. */
    public static final String DEAD_LETTER_HEADER = "x-holdfast-death";

    /** The AMQP header of a dead letter that tells which broker user sent the message; empty where it named none. */
    public static final String SENDER_HEADER = "x-holdfast-sender";
    /** The AMQP header of a dead letter that proves that the service of its queue has set it aside as it is. */
    public static final String SEAL_HEADER = "x-holdfast-seal";

    /** The AMQP header of a dead letter with the AMQP properties it was first sent with, as JSON. */
    public static final String PROPERTIES_HEADER = "x-holdfast-properties";
    /** The AMQP header of a dead letter with the AMQP headers it was first sent with, as JSON. */
    public static final String HEADERS_HEADER = "x-holdfast-headers";
    /** The AMQP header of a dead letter that tells how many bytes its body had, if that was too long to keep. */
    public static final String BODY_BYTES_HEADER = "x-holdfast-body-bytes";

    private Topology() {}

    /** All quorum queues of a direction, where the broker spreads its events over so many; their reader consumes them all. */
    public static List<String> queues(String first, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("There is no direction with " + count + " queues");
        }
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> number == 1 ? first : first + "_" + number)
                .toList();
    }

    /**
     * The internal exchange that spreads the events of a direction over its queues, where there are several: by the AMQP
     * correlation id, which is the id of the order, so that all events of an order are in one queue.
     */
    public static String spreadingExchange(String queue) {
        return queue + "_by_order";
    }

    /** The durable direct exchange of this queue, to which only its sender may write; the routing key is the queue's name. */
    public static String exchange(String queue) {
        return queue + "_exchange";
    }

    /**
     * The durable direct exchange by which the reader of this queue sets aside what it cannot apply, and to which only that
     * one may write; the routing key is the name of the dead-letter queue.
     */
    public static String deadLetterExchange(String queue) {
        return queue + "_dead_letters";
    }

    /** The quorum queue of the messages that could not be applied. */
    public static String deadLetterQueue(String queue) {
        return queue + ".dead";
    }
}
