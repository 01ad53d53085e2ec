package dev.holdfast.localstack;

import dev.holdfast.localstack.Links.Link;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The environment variables that the services of a stack are configured by, but for their ports. */
final class ServiceVariables {
    /** Longer than the gateway keeps an unused connection (4 s, looked at each second). */
    private static final String REPLICA_SHUTDOWN_DELAY = "6s";

    private final StackSettings settings;
    private final Links links;
    private final LocalKeys keys;
    private final LocalPostgres postgres;
    private final Optional<LocalBroker> broker;

    /** @param broker empty where the settings name one that is not ours */
    ServiceVariables(
            StackSettings settings, Links links, LocalKeys keys, LocalPostgres postgres, Optional<LocalBroker> broker) {
        this.settings = settings;
        this.links = links;
        this.keys = keys;
        this.postgres = postgres;
        this.broker = broker;
    }

    Map<String, String> ofGateway() {
        Map<String, String> variables = common(LocalStack.GATEWAY);
        variables.put("ORDERS_URL", urls(Link.GATEWAY_TO_ORDERS, settings.ordersPorts()));
        variables.put("PAYMENTS_URL", urls(Link.GATEWAY_TO_PAYMENTS, settings.paymentsPorts()));
        // Benchmarks, fault runs and tests all send from here; clients at 127.0.0.2 are limited.
        variables.put("UNLIMITED_ADDRESSES", "127.0.0.1,::1");
        return variables;
    }

    Map<String, String> ofPayments() {
        Map<String, String> variables = replicated(LocalStack.PAYMENTS, settings.paymentsPorts());
        addInfrastructure("payments", Link.PAYMENTS_TO_POSTGRES, Link.PAYMENTS_TO_RABBITMQ, variables);
        return variables;
    }

    Map<String, String> ofOrders() {
        Map<String, String> variables = replicated(LocalStack.ORDERS, settings.ordersPorts());
        addInfrastructure("orders", Link.ORDERS_TO_POSTGRES, Link.ORDERS_TO_RABBITMQ, variables);
        variables.put("PAYMENTS_URL", urls(Link.ORDERS_TO_PAYMENTS, settings.paymentsPorts()));
        return variables;
    }

    private Map<String, String> common(String service) {
        Map<String, String> variables = new HashMap<>(keys.environment(service));
        // Nobody but this machine is meant to reach a system without a firewall in front, and mostly without TLS.
        variables.put("HTTP_HOST", "127.0.0.1");
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        variables.put(StackSettings.AUTH, settings.authenticated() ? "jwt" : "off");
        settings.tls().ifPresent(tls -> variables.putAll(tls.environment(service)));
        return variables;
    }

    private Map<String, String> replicated(String service, List<Integer> ports) {
        Map<String, String> variables = common(service);
        if (ports.size() > 1) {
            // Told to stop, a replica answers on until all its callers have learned of it and ask the others, and none
            // has an unused connection left on which a request could set out in the moment in which it is closed.
            variables.put("SHUTDOWN_DELAY", REPLICA_SHUTDOWN_DELAY);
        }
        return variables;
    }

    private void addInfrastructure(String name, Link toPostgres, Link toRabbitMq, Map<String, String> variables) {
        variables.put("DATABASE_HOST", "127.0.0.1");
        variables.put("DATABASE_PORT", Integer.toString(links.port(toPostgres, postgres.port())));
        variables.put("DATABASE_NAME", name);
        variables.put("DATABASE_USER", postgres.user(name));
        variables.put("DATABASE_PASSWORD", postgres.password(postgres.user(name)));
        variables.put("DATABASE_OWNER_USER", postgres.owner(name));
        variables.put("DATABASE_OWNER_PASSWORD", postgres.password(postgres.owner(name)));
        variables.put("AMQP_QUEUES", Integer.toString(settings.queues()));
        variables.putAll(broker.map(own -> account(own, name, links.port(toRabbitMq, own.port())))
                .orElseGet(this::sharedAccount));
    }

    /** The broker's user of this service is called as its database. */
    private static Map<String, String> account(LocalBroker broker, String user, int reachedBy) {
        return Map.of(
                "AMQP_URL", broker.amqpUrlWithoutPassword(user, reachedBy),
                "AMQP_PASSWORD_FILE", broker.passwordFile(user).toString());
    }

    /** On a broker that is not ours both services are the user that was given. */
    private Map<String, String> sharedAccount() {
        String amqpUrl = settings.amqpUrl().orElseThrow();
        String userInfo = Objects.requireNonNullElse(URI.create(amqpUrl).getUserInfo(), "guest");
        return Map.of("AMQP_URL", amqpUrl, "AMQP_SENDER", userInfo.replaceFirst(":.*", ""));
    }

    private String urls(Link link, List<Integer> ports) {
        return ports.stream()
                .map(port -> settings.scheme() + "://127.0.0.1:" + links.port(link, port))
                .collect(Collectors.joining(","));
    }
}
