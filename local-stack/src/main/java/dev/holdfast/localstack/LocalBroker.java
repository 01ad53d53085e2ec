package dev.holdfast.localstack;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * A RabbitMQ of its own beside any other on this machine: everything it keeps is under one directory, it has its own port
 * mapper, and it listens on the loopback address only.
 */
public final class LocalBroker implements StackProcess, AutoCloseable {
    private static final String USER = "holdfast-local";
    private static final String VIRTUAL_HOST = "holdfast-local";
    /** Thousands of times as much as an event has: the broker refuses what is larger. */
    private static final String LIMITS = "max_message_size = 1048576\n";

    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final Path directory;
    private final int port;
    private final Path log;
    private final OwnedProcess process;

    private LocalBroker(Path directory, int port, Path log) {
        this.directory = directory.toAbsolutePath().normalize();
        this.port = port == 0 ? Ports.free() : port;
        this.log = log;
        this.process = new OwnedProcess("rabbitmq", this.directory.resolve("rabbitmq.process"), log);
    }

    /** Starts on what the directory holds, which is made if it is not there; returns when it takes connections.
     *
     * @param port 0 takes a free one
     * @throws StackException if RabbitMQ is not installed, or does not come up within 90 s, with the end of its log */
    public static LocalBroker start(Path directory, int port) {
        LocalBroker broker = at(directory, port, directory.resolve("rabbitmq.log"));
        broker.start();
        return broker;
    }

    /** Not started yet. */
    static LocalBroker at(Path directory, int port, Path log) {
        return new LocalBroker(directory, port, log);
    }

    /** Starts it again, on the same port; one that an earlier launcher left behind is stopped first. */
    @Override
    public void start() {
        stop();
        home();
        BrokerNode node = node();
        node.start();
        boolean ready = Waiting.until(START_LIMIT, () -> !node.isAlive() || accepts(amqpUrl()));
        if (!ready || !node.isAlive()) {
            String end = Tools.tail(log);
            stop();
            throw new StackException(
                    "RabbitMQ did not come up on port " + port + "; its log " + log + " ends with:\n" + end);
        }
    }

    @Override
    public String name() {
        return "RabbitMQ";
    }

    @Override
    public Path log() {
        return log;
    }

    public int port() {
        return port;
    }

    /** @return the pid of the Erlang VM, or -1 when it does not run */
    @Override
    public long pid() {
        return node().pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    public String amqpUrl() {
        return amqpUrl(port);
    }

    /** The same for whoever reaches it by another port of this machine. */
    String amqpUrl(int reachedBy) {
        return "amqp://" + USER + ":" + password() + "@127.0.0.1:" + reachedBy + "/" + VIRTUAL_HOST;
    }

    /**
     * Does what {@code rabbitmqctl} does with these arguments, on this node; it takes some seconds.
     *
     * @throws StackException when it fails, with what it printed
     */
    public void control(String... arguments) {
        Tools.Result result = node().control(List.of(arguments));
        if (!result.succeeded()) {
            throw new StackException("rabbitmqctl " + String.join(" ", arguments) + ": " + result.output());
        }
    }

    /** For tests: stops it, clients are cut off, and starts it again with its durable queues and persistent messages. */
    public void restart() {
        stop();
        start();
    }

    @Override
    public void stop() {
        node().stop();
    }

    /** SIGKILL, as a crash. */
    @Override
    public void kill() {
        node().kill();
    }

    @Override
    public void close() {
        stop();
    }

    /** Removes all that it stored; it must not run. */
    void erase() throws IOException {
        node().erase();
        PostgresBinaries.deleteTree(directory);
    }

    /** Docker only where RabbitMQ is not installed; where there is neither, the installed one's start says what to do. */
    private BrokerNode node() {
        if (RabbitMqInstallation.installed().isEmpty() && DockerNode.isPossible()) {
            Map<String, String> account = Map.of(
                    "RABBITMQ_DEFAULT_USER", USER,
                    "RABBITMQ_DEFAULT_PASS", password(),
                    "RABBITMQ_DEFAULT_VHOST", VIRTUAL_HOST);
            return new DockerNode(directory, port, account, LIMITS, process);
        }
        return new InstalledNode(directory, port, configuration(), process);
    }

    private String password() {
        return Secrets.of(directory.resolve("password"));
    }

    private void home() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String configuration() {
        return """
                default_user = %s
                default_pass = %s
                default_vhost = %s
                log.console.level = warning
                # A write-ahead log of half a gigabyte, the default, is too much for a developer's machine.
                raft.wal_max_size_bytes = 64000000
                """.formatted(USER, password(), VIRTUAL_HOST) + LIMITS;
    }

    /** Whether a broker lets in whoever has this URL. */
    static boolean accepts(String amqpUrl) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setConnectionTimeout(5_000);
        factory.setHandshakeTimeout(5_000);
        factory.setAutomaticRecoveryEnabled(false);
        try {
            factory.setUri(amqpUrl);
            factory.newConnection("holdfast-readiness").close();
            return true;
        } catch (IOException | TimeoutException e) {
            return false;
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            throw new StackException("not the URL of a broker: " + amqpUrl, e);
        }
    }
}
