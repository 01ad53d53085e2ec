package dev.holdfast.faults;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.Fault.Mending;
import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.localstack.Links.Link;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What happens to RabbitMQ. Orders are accepted all the while: the outbox takes what the broker cannot. */
final class BrokerFaults {
    private static final String NO_MEMORY = "0.000001";
    private static final String USUAL_MEMORY = "0.4";

    private static final Duration MESSAGES_TIMEOUT = Duration.ofSeconds(60);

    private BrokerFaults() {}

    static List<Fault> all() {
        return List.of(
                        Fault.of("stopped: RabbitMQ", 2, 10, (stack, random) -> {
                            stack.brokerProcess().stop();
                            return stack.brokerProcess()::start;
                        }),
                        Fault.of("away for minutes: RabbitMQ", 120, 150, (stack, random) -> {
                            stack.brokerProcess().stop();
                            return stack.brokerProcess()::start;
                        }),
                        Fault.of("kill -9: RabbitMQ", 2, 5, (stack, random) -> {
                            stack.brokerProcess().kill();
                            return stack.brokerProcess()::start;
                        }),
                        Fault.of("memory alarm: RabbitMQ", 5, 15, (stack, random) -> {
                            stack.brokerProcess().control("set_vm_memory_high_watermark", NO_MEMORY);
                            return () -> stack.brokerProcess().control("set_vm_memory_high_watermark", USUAL_MEMORY);
                        }),
                        Fault.of("connections closed by the operator: RabbitMQ", 2, 4, (stack, random) -> {
                            stack.brokerProcess().control("close_all_connections", "a test of faults");
                            return Mending.NONE;
                        }),
                        Fault.of("queue deleted: RabbitMQ", 2, 5, BrokerFaults::deleteQueue),
                        Fault.of("binding removed: RabbitMQ", 3, 10, (stack, random) -> {
                            String first = ProcessFaults.one(Topology.QUEUES, random);
                            onChannel(stack, channel -> unbind(channel, first, stack.broker()));
                            return () -> stack.brokerProcess().loadDefinitions();
                        }))
                .stream()
                .map(Fault::acceptingOrders)
                .toList();
    }

    /** With the messages that wait in it: its consumers are kept away until there are some. */
    private static Mending deleteQueue(StackUnderTest stack, Random random) throws Exception {
        String queue = ProcessFaults.one(stack.broker().saga(), random);
        boolean ofRequests = queue.startsWith(Topology.PAYMENT_REQUESTS);
        List<TcpProxy> payments = stack.proxies().on(Link.PAYMENTS_TO_RABBITMQ);
        payments.forEach(TcpProxy::refuse);
        awaitMessages(stack, ofRequests ? queue : Topology.PAYMENT_REQUESTS);
        if (!ofRequests) {
            // payment-service answers what waits for it, and nobody is there to take the answers.
            stack.proxies().on(Link.ORDERS_TO_RABBITMQ).forEach(TcpProxy::refuse);
            payments.forEach(TcpProxy::mend);
            awaitMessages(stack, queue);
        }
        onChannel(stack, channel -> channel.queueDelete(queue));
        stack.proxies().mend();
        // The services may not declare it.
        return () -> stack.brokerProcess().loadDefinitions();
    }

    /** Whatever it is bound to: its queue, or what spreads its events over several. */
    private static void unbind(Channel channel, String first, BrokerQueues broker) throws Exception {
        if (broker.saga().size() == Topology.QUEUES.size()) {
            channel.queueUnbind(first, Topology.exchange(first), first);
        } else {
            channel.exchangeUnbind(Topology.spreadingExchange(first), Topology.exchange(first), first);
        }
    }

    private static void awaitMessages(StackUnderTest stack, String queue) throws Exception {
        Moment.await(
                MESSAGES_TIMEOUT, () -> stack.broker().depths(List.of(queue)).getOrDefault(queue, 0L) > 0);
    }

    private static void onChannel(StackUnderTest stack, Operation operation) throws Exception {
        try (Connection connection = stack.broker().connect();
                Channel channel = connection.createChannel()) {
            operation.on(channel);
        }
    }

    @FunctionalInterface
    private interface Operation {
        void on(Channel channel) throws Exception;
    }
}
