package dev.holdfast.system.faults;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.holdfast.event.Topology;
import dev.holdfast.system.invariants.BrokerQueues;
import dev.holdfast.system.stack.StackUnderTest;
import java.util.List;

/** What happens to RabbitMQ. Orders are accepted all the while: the outbox takes what the broker cannot. */
final class BrokerFaults {
    private static final String NO_MEMORY = "0.000001";
    private static final String USUAL_MEMORY = "0.4";

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
                            return () -> {};
                        }),
                        Fault.of("queue deleted: RabbitMQ", 2, 5, (stack, random) -> {
                            String queue = ProcessFaults.one(BrokerQueues.SAGA, random);
                            onChannel(stack, channel -> channel.queueDelete(queue));
                            return () -> {};
                        }),
                        Fault.of("binding removed: RabbitMQ", 3, 10, (stack, random) -> {
                            String queue = ProcessFaults.one(BrokerQueues.SAGA, random);
                            onChannel(stack, channel -> channel.queueUnbind(queue, Topology.EXCHANGE, queue));
                            return () ->
                                    onChannel(stack, channel -> channel.queueBind(queue, Topology.EXCHANGE, queue));
                        }))
                .stream()
                .map(Fault::acceptingOrders)
                .toList();
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
