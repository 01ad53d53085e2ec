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
    /**
     * The port mapper is the node's own, so the name need not differ from other nodes', and the directory may be moved. An
     * address, since a name, even localhost, may not resolve.
     */
    private static final String NODE = "holdfast@127.0.0.1";

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final OwnedProcess node;
    private final OwnedProcess portMapper;

    private LocalBroker(Path directory, int port, Path log) {
        this.directory = directory.toAbsolutePath().normalize();
        this.port = port == 0 ? Ports.free() : port;
        this.node = new OwnedProcess("rabbitmq", this.directory.resolve("rabbitmq.process"), log);
        this.portMapper =
                new OwnedProcess("epmd", this.directory.resolve("epmd.process"), this.directory.resolve("epmd.log"));
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
        RabbitMqInstallation installation = RabbitMqInstallation.find();
        int portMapperPort = Ports.free();
        portMapper.start(
                List.of(installation.portMapper().toString(), "-port", "" + portMapperPort, "-address", "127.0.0.1"),
                Map.of(),
                LocalBroker::inherits,
                home());
        node.start(
                List.of(installation.server().toString()), environment(portMapperPort), LocalBroker::inherits, home());
        boolean ready = Waiting.until(START_LIMIT, () -> !node.isAlive() || accepts(amqpUrl()));
        if (!ready || !node.isAlive()) {
            String log = Tools.tail(node.log());
            stop();
            throw new StackException(
                    "RabbitMQ did not come up on port " + port + "; its log " + node.log() + " ends with:\n" + log);
        }
    }

    @Override
    public String name() {
        return "RabbitMQ";
    }

    @Override
    public Path log() {
        return node.log();
    }

    public int port() {
        return port;
    }

    /** @return the pid of the Erlang VM, or -1 when it does not run */
    @Override
    public long pid() {
        return node.pid();
    }

    @Override
    public boolean isAlive() {
        return node.isAlive();
    }

    public String amqpUrl() {
        return "amqp://" + USER + ":" + password() + "@127.0.0.1:" + port + "/" + VIRTUAL_HOST;
    }

    /** For tests: stops it, clients are cut off, and starts it again with its durable queues and persistent messages. */
    public void restart() {
        stop();
        start();
    }

    @Override
    public void stop() {
        node.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
        portMapper.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
    }

    /** SIGKILL, as a crash. */
    @Override
    public void kill() {
        node.kill();
    }

    @Override
    public void close() {
        stop();
    }

    private String password() {
        return Secrets.of(directory.resolve("password"));
    }

    private Path home() {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A user's settings for another RabbitMQ or Erlang are not for this one. */
    private static boolean inherits(String variable) {
        return !variable.startsWith("RABBITMQ_") && !variable.startsWith("ERL_");
    }

    private Map<String, String> environment(int portMapperPort) {
        String path = directory.toString();
        return Map.ofEntries(
                Map.entry("HOME", path), // the Erlang cookie is made there
                Map.entry("RABBITMQ_NODENAME", NODE),
                Map.entry("RABBITMQ_USE_LONGNAME", "true"),
                Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
                Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(Ports.free())),
                Map.entry("ERL_EPMD_PORT", Integer.toString(portMapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", path + "/data"),
                Map.entry("RABBITMQ_LOG_BASE", path + "/log"),
                Map.entry("RABBITMQ_LOGS", "-"),
                Map.entry("RABBITMQ_PID_FILE", path + "/rabbitmq.pid"),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", written("enabled_plugins", "[].\n")),
                Map.entry("RABBITMQ_CONFIG_FILE", written("rabbitmq.conf", configuration())),
                Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", path + "/advanced.config"),
                Map.entry("RABBITMQ_CONF_ENV_FILE", written("rabbitmq-env.conf", "")),
                // With "input allowed" the start script becomes the Erlang VM instead of its parent, so that the pid is
                // the VM's.
                Map.entry("RABBITMQ_ALLOW_INPUT", "true"),
                Map.entry("RABBITMQ_SERVER_START_ARGS", "-noinput +B i"),
                Map.entry(
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"));
    }

    private String configuration() {
        return """
                default_user = %s
                default_pass = %s
                default_vhost = %s
                log.console.level = warning
                # A write-ahead log of half a gigabyte, the default, is too much for a developer's machine.
                raft.wal_max_size_bytes = 64000000
                """.formatted(USER, password(), VIRTUAL_HOST);
    }

    private String written(String file, String content) {
        try {
            return Files.writeString(directory.resolve(file), content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
