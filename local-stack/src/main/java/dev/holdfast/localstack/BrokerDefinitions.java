package dev.holdfast.localstack;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.tools.json.JSONReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What RabbitMQ loads when it starts: users with their rights, exchanges, queues and policies. The same file is used here, by
 * Compose and by Kubernetes ({@code k8s/overlays/local/rabbitmq}).
 */
final class BrokerDefinitions {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_BYTES = 4;

    private BrokerDefinitions() {}

    /** The definitions as JSON, with hashes of these passwords in place of them. */
    static String of(
            String virtualHost,
            String operator,
            String operatorPassword,
            String ordersPassword,
            String paymentsPassword) {
        return file().replace("@VIRTUAL_HOST@", virtualHost)
                .replace("@OPERATOR@", operator)
                .replace("@OPERATOR_PASSWORD_HASH@", hash(operatorPassword))
                .replace("@ORDERS_PASSWORD_HASH@", hash(ordersPassword))
                .replace("@PAYMENTS_PASSWORD_HASH@", hash(paymentsPassword));
    }

    /**
     * Declares the exchanges and queues on a broker that is not ours; its users stay as they are.
     *
     * @param amqpUrl of a user who may do that
     * @throws StackException when the broker cannot be reached or refuses it, for example because a queue is there with other
     *     arguments
     */
    static void declare(String amqpUrl) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(amqpUrl);
            try (Connection connection = factory.newConnection("holdfast-topology");
                    Channel channel = connection.createChannel()) {
                for (Map<String, Object> exchange : all("exchanges")) {
                    channel.exchangeDeclare(text(exchange, "name"), text(exchange, "type"), true);
                }
                for (Map<String, Object> queue : all("queues")) {
                    channel.queueDeclare(text(queue, "name"), true, false, false, arguments(queue));
                }
                for (Map<String, Object> binding : all("bindings")) {
                    channel.queueBind(
                            text(binding, "destination"), text(binding, "source"), text(binding, "routing_key"));
                }
            }
        } catch (IOException | TimeoutException | URISyntaxException | GeneralSecurityException e) {
            throw new StackException(
                    "the exchanges and queues cannot be declared on the broker that AMQP_URL names", e);
        }
    }

    /** The queue of each direction with its arguments; the others are of dead letters. */
    static Map<String, Map<String, Object>> eventQueues() {
        return all("queues").stream()
                .filter(queue -> arguments(queue).containsKey("x-dead-letter-exchange"))
                .collect(Collectors.toMap(queue -> text(queue, "name"), BrokerDefinitions::arguments));
    }

    @SuppressWarnings("unchecked") // The file is ours.
    private static List<Map<String, Object>> all(String kind) {
        // This reader fails on empty objects.
        Map<String, Object> definitions = (Map<String, Object>) new JSONReader().read(file().replace("{}", "null"));
        return (List<Map<String, Object>>) Objects.requireNonNull(definitions.get(kind));
    }

    @SuppressWarnings("unchecked") // The file is ours.
    private static Map<String, Object> arguments(Map<String, Object> queue) {
        return (Map<String, Object>) Objects.requireNonNull(queue.get("arguments"));
    }

    private static String text(Map<String, Object> object, String field) {
        return String.valueOf(object.get(field));
    }

    private static String file() {
        try (InputStream file =
                Objects.requireNonNull(BrokerDefinitions.class.getResourceAsStream("definitions.json"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RabbitMQ's own form: a salt, then the SHA-256 of salt and password, in Base64. */
    private static String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(salt);
            byte[] digest = sha256.digest(password.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder()
                    .encodeToString(ByteBuffer.allocate(salt.length + digest.length)
                            .put(salt)
                            .put(digest)
                            .array());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
