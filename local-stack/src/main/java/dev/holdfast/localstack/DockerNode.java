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

/**
 * RabbitMQ in a container, which lives as long as the {@code docker run} that is kept as its process here. What it stores is in
 * a volume of the container's name, since files of a container's user could not be deleted by a plain user.
 */
final class DockerNode implements BrokerNode {
    private static final String IMAGE = "rabbitmq:4";
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final String name;
    private final Map<String, String> account;
    private final String configuration;
    private final OwnedProcess client;

    /** @param account the variables that make the user and the virtual host at the first start */
    DockerNode(Path directory, int port, Map<String, String> account, String configuration, OwnedProcess client) {
        this.directory = directory;
        this.port = port;
        this.name = "holdfast-rabbitmq-" + Integer.toHexString(directory.hashCode());
        this.account = account;
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
        run.addAll(List.of("--publish", "127.0.0.1:" + port + ":5672", "--volume", name + ":/var/lib/rabbitmq"));
        // The node's data is filed under its name, which would be another with each container's host name.
        run.addAll(List.of("--env", "RABBITMQ_NODENAME=holdfast@localhost"));
        // The values are taken from the client's environment, where no list of processes shows them.
        account.keySet().forEach(variable -> run.addAll(List.of("--env", variable)));
        run.addAll(List.of("--volume", configurationFile() + ":/etc/rabbitmq/conf.d/90-holdfast.conf:ro"));
        run.add(IMAGE);
        client.start(run, account, _ -> true, directory);
    }

    /** Readable for the container's user too. */
    private Path configurationFile() {
        try {
            Path file = Files.writeString(directory.resolve("holdfast.conf"), configuration);
            // Whatever the umask.
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
