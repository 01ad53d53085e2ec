package dev.holdfast.localstack;

import java.util.List;

/** How the private RabbitMQ is run: as installed on this machine, or in a container. */
interface BrokerNode {
    /** As in RabbitMQ's file of enabled plugins: what spreads events over several queues, and costs nothing where it is unused. */
    String PLUGINS = "[rabbitmq_consistent_hash_exchange].\n";

    /** Returns at once; the node serves some seconds later. */
    void start();

    void stop();

    void kill();

    boolean isAlive();

    /** @return -1 when it does not run */
    long pid();

    /**
     * Provides the definitions that it loads when it starts.
     *
     * @return their path as the node sees it
     */
    String provide(String definitions);

    /** Runs {@code rabbitmqctl} with these arguments on it. */
    Tools.Result control(List<String> arguments);

    /** Removes what it stored outside of its directory. */
    void erase();
}
