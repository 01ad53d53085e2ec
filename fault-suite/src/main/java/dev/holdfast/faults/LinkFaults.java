package dev.holdfast.faults;

import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.proxy.TcpProxy.Direction;
import dev.holdfast.localstack.Links.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/** What happens on the way from one process to another. */
final class LinkFaults {
    private static final int SHORTEST_DELAY_MILLIS = 20;
    private static final int LONGEST_DELAY_MILLIS = 150;

    private LinkFaults() {}

    static List<Fault> all() {
        List<Fault> faults = new ArrayList<>();
        for (Link link : Link.values()) {
            faults.add(on(link, "answers lost", 3, 8, (proxy, random) -> proxy.loseAnswers()));
            faults.add(on(
                    link,
                    "latency",
                    5,
                    12,
                    (proxy, random) -> proxy.delay(
                            Duration.ofMillis(random.nextInt(SHORTEST_DELAY_MILLIS, LONGEST_DELAY_MILLIS)))));
            faults.add(on(link, "black hole", 5, 20, (proxy, random) -> proxy.freeze(Direction.values())));
            faults.add(on(link, "refused connections", 5, 15, (proxy, random) -> proxy.refuse()));
        }
        return faults;
    }

    private static Fault on(Link link, String what, int shortest, int longest, BiConsumer<TcpProxy, Random> breaking) {
        Fault fault = Fault.of(what + ": " + name(link), shortest, longest, (stack, random) -> {
            List<TcpProxy> proxies = stack.proxies().on(link);
            proxies.forEach(proxy -> breaking.accept(proxy, random));
            return () -> proxies.forEach(TcpProxy::mend);
        });
        return switch (link) {
            case CLIENT_TO_GATEWAY -> fault.atTheDoor();
            // The outbox takes what the broker cannot.
            case ORDERS_TO_RABBITMQ, PAYMENTS_TO_RABBITMQ -> fault.acceptingOrders();
            case GATEWAY_TO_ORDERS, GATEWAY_TO_PAYMENTS, ORDERS_TO_PAYMENTS, ORDERS_TO_POSTGRES, PAYMENTS_TO_POSTGRES ->
                fault;
        };
    }

    static String name(Link link) {
        return switch (link) {
            case CLIENT_TO_GATEWAY -> "client to gateway";
            case GATEWAY_TO_ORDERS -> "gateway to order-service";
            case GATEWAY_TO_PAYMENTS -> "gateway to payment-service";
            case ORDERS_TO_PAYMENTS -> "order-service to payment-service";
            case ORDERS_TO_POSTGRES -> "order-service to PostgreSQL";
            case PAYMENTS_TO_POSTGRES -> "payment-service to PostgreSQL";
            case ORDERS_TO_RABBITMQ -> "order-service to RabbitMQ";
            case PAYMENTS_TO_RABBITMQ -> "payment-service to RabbitMQ";
        };
    }
}
