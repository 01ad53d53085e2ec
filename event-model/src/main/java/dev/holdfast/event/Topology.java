package dev.holdfast.event;

import java.util.List;

/** The names of everything on the broker; the services declare them, {@code asyncapi.yaml} documents them. */
public final class Topology {
    /** A durable direct exchange; the routing key is the name of the queue. */
    public static final String EXCHANGE = "payment_exchange";
    /** A quorum queue, from order-service to payment-service. */
    public static final String PAYMENT_REQUESTS = "payment_requests";
    /** A quorum queue, from payment-service to order-service. */
    public static final String PAYMENT_RESULTS = "payment_results";
    /** All queues, each with a dead-letter queue. */
    public static final List<String> QUEUES = List.of(PAYMENT_REQUESTS, PAYMENT_RESULTS);

    /** A durable direct exchange; the routing key is the name of the dead-letter queue. */
    public static final String DEAD_LETTER_EXCHANGE = "payment_dead_letters";

    /** How often the broker delivers a message that is never acknowledged before it becomes a dead letter. */
    public static final int DELIVERY_LIMIT = 20;
    /** The AMQP header of a dead letter that tells why it is one. */
    public static final String REASON_HEADER = "x-holdfast-reason";
    /** The AMQP header of a dead letter that tells one failure of the same message from the next. */
    public static final String DEAD_LETTER_HEADER = "x-holdfast-death";

    /** The AMQP header of a dead letter, or of its replay, with the AMQP properties it was first sent with, as JSON. */
    public static final String PROPERTIES_HEADER = "x-holdfast-properties";
    /** The AMQP header of a dead letter, or of its replay, with the AMQP headers it was first sent with, as JSON. */
    public static final String HEADERS_HEADER = "x-holdfast-headers";
    /** The AMQP header of a dead letter that tells how many bytes its body had, if that was too long to keep. */
    public static final String BODY_BYTES_HEADER = "x-holdfast-body-bytes";

    private Topology() {}

    /** The quorum queue of the messages that could not be applied. */
    public static String deadLetterQueue(String queue) {
        return queue + ".dead";
    }
}
