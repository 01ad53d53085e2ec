package dev.holdfast.localstack;

import com.rabbitmq.client.ConnectionFactory;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * A RabbitMQ of its own beside any other on this machine: everything it keeps is under one directory, it has its own port
 * mapper, and it listens on the loopback address only.
 */
public final class LocalBroker implements StackProcess, AutoCloseable {
    /** Who may do everything on it: for tools and tests, not for the services. */
    public static final String OPERATOR = "holdfast-local";

    /** The users of the services; their rights are in the definitions. */
    public static final String ORDERS = Topology.ORDERS_USER;

    public static final String PAYMENTS = Topology.PAYMENTS_USER;
    private static final String VIRTUAL_HOST = "holdfast-local";
    /** Thousands of times as much as an event has: the broker refuses what is larger. */
    private static final String LIMITS = "max_message_size = 1048576\n";

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    /** Somebody else may take a port between its choice and its use. The node then ends, and is started with others. */
    private static final int START_ATTEMPTS = 3;

    private final Path directory;
    private final int port;
    private final int queues;
    private final Optional<StackTls> tls;
    private final Path log;
    private final OwnedProcess process;
    private final IntSupplier freePorts;
    private final List<String> replaced = new CopyOnWriteArrayList<>();

    /** @param freePorts of those that nobody but the node itself has to know */
    LocalBroker(Path directory, int port, int queues, Optional<StackTls> tls, Path log, IntSupplier freePorts) {
        this.freePorts = freePorts;
        this.tls = tls;
        this.queues = queues;
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
        LocalBroker broker = at(directory, port, 1, Optional.empty(), directory.resolve("rabbitmq.log"));
        broker.start();
        return broker;
    }

    /**
     * Not started yet.
     *
     * @param queues over so many the events of each direction are spread
     */
    static LocalBroker at(Path directory, int port, int queues, Optional<StackTls> tls, Path log) {
        return new LocalBroker(directory, port, queues, tls, log, Ports::free);
    }

    /** Starts it again, on the same port; one that an earlier launcher left behind is stopped first. */
    @Override
    public void start() {
        stop();
        home();
        BrokerNode node = node();
        node.provide(definitions());
        for (int attempt = 1; !comesUp(node); attempt++) {
            boolean ended = !node.isAlive();
            String end = Tools.tail(log);
            stop();
            if (!ended || attempt == START_ATTEMPTS) {
                throw new StackException(
                        "RabbitMQ did not come up on port " + port + "; its log " + log + " ends with:\n" + end);
            }
        }
        QueueSpread.of(amqpUrl()).set(queues);
    }

    private boolean comesUp(BrokerNode node) {
        node.start();
        return Waiting.until(START_LIMIT, () -> !node.isAlive() || accepts(amqpUrl())) && node.isAlive();
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

    /** Of the operator. */
    public String amqpUrl() {
        return amqpUrl(OPERATOR);
    }

    /** Of one of its users, with the password. */
    public String amqpUrl(String user) {
        return amqpUrl(user + ":" + password(user), port);
    }

    /** For a service that reads its password from a file and reaches the broker by this port of this machine. */
    String amqpUrlWithoutPassword(String user, int reachedBy) {
        return amqpUrl(user, reachedBy);
    }

    /** Tools and tests on this machine take any certificate for it; the services do not. */
    private String amqpUrl(String userInfo, int reachedBy) {
        return (tls.isPresent() ? "amqps://" : "amqp://") + userInfo + "@127.0.0.1:" + reachedBy + "/" + VIRTUAL_HOST;
    }

    /** Where the password of one of its users is kept. */
    public Path passwordFile(String user) {
        // The operator's has had this name from the beginning.
        return directory.resolve(user.equals(OPERATOR) ? "password" : user + ".password");
    }

    /** Gives a user another password, first in its file, then on the broker. Connections that are open go on. */
    public void changePassword(String user) {
        replaced.add(password(user));
        Secrets.replace(passwordFile(user));
        loadDefinitions();
    }

    /** Loads users, rights, exchanges and queues while it runs, as each start does: what was deleted is there again. */
    public void loadDefinitions() {
        control("import_definitions", node().provide(definitions()));
        QueueSpread.of(amqpUrl()).set(queues);
    }

    private String definitions() {
        return BrokerDefinitions.of(VIRTUAL_HOST, OPERATOR, password(OPERATOR), password(ORDERS), password(PAYMENTS));
    }

    /**
     * Does what {@code rabbitmqctl} does with these arguments, on this node; it takes some seconds.
     *
     * @return what it printed
     * @throws StackException when it fails, with what it printed
     */
    public String control(String... arguments) {
        Tools.Result result = node().control(List.of(arguments));
        if (!result.succeeded()) {
            throw new StackException("rabbitmqctl " + String.join(" ", arguments) + ": " + result.output());
        }
        return result.output();
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
            return new DockerNode(directory, port, LIMITS, tls, process);
        }
        return new InstalledNode(directory, port, configuration(), tls, process, freePorts);
    }

    /** Of all users, also those that this process has replaced. */
    List<String> passwords() {
        List<String> passwords = new ArrayList<>(replaced);
        passwords.addAll(List.of(password(OPERATOR), password(ORDERS), password(PAYMENTS)));
        return passwords;
    }

    private String password(String user) {
        return Secrets.of(passwordFile(user));
    }

    private void home() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration() {
        return """
                log.console.level = warning
                # A write-ahead log of half a gigabyte, the default, is too much for a developer's machine.
                raft.wal_max_size_bytes = 64000000
                """ + LIMITS;
    }

    /** Whether a broker lets in whoever has this URL. */
    static boolean accepts(String amqpUrl) {
        try {
            clientOf(amqpUrl).newConnection("holdfast-readiness").close();
            return true;
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    /** @throws StackException when this is no URL of a broker; the URL is not repeated, as it may have a password */
    static ConnectionFactory clientOf(String amqpUrl) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setConnectionTimeout(5_000);
        factory.setHandshakeTimeout(5_000);
        factory.setAutomaticRecoveryEnabled(false);
        try {
            factory.setUri(amqpUrl);
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            throw new StackException(
                    "AMQP_URL is not the URL of a broker, such as amqp://user:password@host:5672/vhost", e);
        }
        return factory;
    }
}
