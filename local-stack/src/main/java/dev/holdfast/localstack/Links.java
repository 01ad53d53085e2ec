package dev.holdfast.localstack;

/** By which port a process of the stack reaches another one; tests put something in between that can be broken. */
@FunctionalInterface
public interface Links {
    /** Who calls whom. */
    enum Link {
        CLIENT_TO_GATEWAY,
        GATEWAY_TO_ORDERS,
        GATEWAY_TO_PAYMENTS,
        ORDERS_TO_PAYMENTS,
        ORDERS_TO_POSTGRES,
        PAYMENTS_TO_POSTGRES,
        ORDERS_TO_RABBITMQ,
        PAYMENTS_TO_RABBITMQ
    }

    /** Every process is called at the port on which it listens. */
    Links DIRECT = (link, port) -> port;

    /**
     * Returns the port of the loopback address that the caller is told.
     *
     * @param port on which the process listens that is called
     */
    int port(Link link, int port);
}
