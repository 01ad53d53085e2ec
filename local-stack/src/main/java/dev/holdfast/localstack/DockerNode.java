package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * RabbitMQ in a container, which lives as long as the {@code docker run} that is kept as its process here. What it stores is in
 * a volume of the container's name, since files of a container's user could not be deleted by a plain user.
 */
final class DockerNode implements BrokerNode {
    private static final String IMAGE = "rabbitmq:4";
    private static final String SHARED = "/holdfast";
    private static final int PORT = 5672;
    private static final int TLS_PORT = 5671;
    private static final String DEFINITIONS = "definitions.json";
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final String name;
    private final String configuration;
    private final Optional<StackTls> tls;
    private final OwnedProcess client;

    DockerNode(Path directory, int port, String configuration, Optional<StackTls> tls, OwnedProcess client) {
        this.tls = tls;
        this.directory = directory;
        this.port = port;
        this.name = "holdfast-rabbitmq-" + Integer.toHexString(directory.hashCode());
        this.configuration = configuration;
        this.client = client;
    }

    static boolean isPossible() {
        return Tools.find("docker").isPresent()
                && Tools.run(List.of("docker", "info")).succeeded();
    }

    @Override
    public void start() {
        List<String> run = new ArrayList<>(List.of("docker", "run", "--rm", "--name", name));
        run.addAll(List.of(
                "--publish",
                "127.0.0.1:" + port + ":" + (tls.isPresent() ? TLS_PORT : PORT),
                "--volume",
                name + ":/var/lib/rabbitmq"));
        // The node's data is filed under its name, which would be another with each container's host name.
        run.addAll(List.of("--env", "RABBITMQ_NODENAME=holdfast@localhost"));
        run.addAll(List.of("--volume", shared() + ":" + SHARED + ":ro"));
        run.addAll(List.of("--volume", configurationFile() + ":/etc/rabbitmq/conf.d/90-holdfast.conf:ro"));
        run.addAll(List.of("--volume", plugins() + ":/etc/rabbitmq/enabled_plugins:ro"));
        run.add(IMAGE);
        client.start(run, Map.of(), _ -> true, directory);
    }

    @Override
    public String provide(String definitions) {
        try {
            Files.createDirectories(shared());
            readable(shared().resolve(DEFINITIONS), definitions);
            return SHARED + "/" + DEFINITIONS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A directory, as a file that is replaced would stay what it was for the container. */
    private Path shared() {
        return directory.resolve("shared");
    }

    private Path plugins() {
        try {
            return readable(directory.resolve("enabled_plugins"), PLUGINS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Readable for the container's user too. */
    private Path configurationFile() {
        try {
            return readable(
                    directory.resolve("holdfast.conf"),
                    configuration + tlsConfiguration() + "load_definitions = " + SHARED + "/" + DEFINITIONS + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The container's user may read the copies. */
    private String tlsConfiguration() throws IOException {
        if (tls.isEmpty()) {
            return "";
        }
        readable(
                shared().resolve("tls.crt"),
                Files.readString(tls.get().of(StackTls.RABBITMQ).certificate()));
        readable(
                shared().resolve("tls.key"),
                Files.readString(tls.get().of(StackTls.RABBITMQ).key()));
        return StackTls.brokerConfiguration("" + TLS_PORT, SHARED + "/tls.crt", SHARED + "/tls.key");
    }

    /** Whatever the umask. There are no passwords in it, only their hashes; a key is a test's own. */
    private static Path readable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Override
    public void stop() {
        client.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
        // A client that was killed has left its container running.
        if (Tools.find("docker").isPresent()) {
            Tools.run(List.of("docker", "rm", "--force", name));
        }
    }

    @Override
    public void kill() {
        Tools.run(List.of("docker", "kill", name));
        client.kill();
    }

    @Override
    public boolean isAlive() {
        return client.isAlive();
    }

    /** Of the container's first process, as this machine sees it. */
    @Override
    public long pid() {
        if (!isAlive()) {
            return -1;
        }
        Tools.Result inspected = Tools.run(List.of("docker", "inspect", "--format", "{{.State.Pid}}", name));
        return inspected.succeeded() ? Long.parseLong(inspected.output().strip()) : -1;
    }

    @Override
    public Tools.Result control(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "exec", name, "rabbitmqctl"));
        command.addAll(arguments);
        return Tools.run(command);
    }

    @Override
    public void erase() {
        if (Tools.find("docker").isPresent()) {
            Tools.run(List.of("docker", "volume", "rm", "--force", name));
        }
    }
}
