package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/** RabbitMQ as it is installed on this machine, with its own port mapper, all its files in one directory. */
final class InstalledNode implements BrokerNode {
    /**
     * The port mapper is the node's own, so the name need not differ from other nodes', and the directory may be moved. An
     * address, since a name, even localhost, may not resolve.
     */
    private static final String NAME = "holdfast@127.0.0.1";

    /** The file that tells it to those who control the node. */
    private static final String PORT_MAPPER_PORT = "epmd.port";

    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final String configuration;
    private final Optional<StackTls> tls;
    private final OwnedProcess node;
    private final OwnedProcess portMapper;
    private final IntSupplier freePorts;

    InstalledNode(
            Path directory,
            int port,
            String configuration,
            Optional<StackTls> tls,
            OwnedProcess node,
            IntSupplier freePorts) {
        this.freePorts = freePorts;
        this.tls = tls;
        this.directory = directory;
        this.port = port;
        this.configuration = configuration;
        this.node = node;
        this.portMapper = new OwnedProcess("epmd", directory.resolve("epmd.process"), directory.resolve("epmd.log"));
    }

    @Override
    public void start() {
        RabbitMqInstallation installation = RabbitMqInstallation.find();
        int portMapperPort = freePorts.getAsInt();
        written(PORT_MAPPER_PORT, Integer.toString(portMapperPort));
        portMapper.start(
                List.of(installation.portMapper().toString(), "-port", "" + portMapperPort, "-address", "127.0.0.1"),
                Map.of(),
                InstalledNode::inherits,
                directory);
        node.start(
                List.of(installation.server().toString()),
                environment(portMapperPort),
                InstalledNode::inherits,
                directory);
    }

    @Override
    public String provide(String definitions) {
        return written("definitions.json", definitions);
    }

    @Override
    public void stop() {
        node.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
        portMapper.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
    }

    @Override
    public void kill() {
        node.kill();
    }

    @Override
    public boolean isAlive() {
        return node.isAlive();
    }

    @Override
    public long pid() {
        return node.pid();
    }

    @Override
    public Tools.Result control(List<String> arguments) {
        try {
            String portMapperPort = Files.readString(directory.resolve(PORT_MAPPER_PORT));
            List<String> command = new ArrayList<>(List.of("env", "-i", "PATH=" + System.getenv("PATH")));
            command.addAll(List.of("HOME=" + directory, "ERL_EPMD_PORT=" + portMapperPort));
            command.addAll(List.of(
                    RabbitMqInstallation.find().control().toString(), "--node", NAME, "--longnames", "--quiet"));
            command.addAll(arguments);
            return Tools.run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void erase() {
        // All that it stores is in its directory.
    }

    /** A user's settings for another RabbitMQ or Erlang are not for this one. */
    private static boolean inherits(String variable) {
        return !variable.startsWith("RABBITMQ_") && !variable.startsWith("ERL_");
    }

    private Map<String, String> environment(int portMapperPort) {
        String path = directory.toString();
        Map<String, String> environment = new HashMap<>(Map.ofEntries(
                Map.entry("HOME", path), // the Erlang cookie is made there
                Map.entry("RABBITMQ_NODENAME", NAME),
                Map.entry("RABBITMQ_USE_LONGNAME", "true"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(freePorts.getAsInt())),
                Map.entry("ERL_EPMD_PORT", Integer.toString(portMapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", path + "/data"),
                Map.entry("RABBITMQ_LOG_BASE", path + "/log"),
                Map.entry("RABBITMQ_LOGS", "-"),
                Map.entry("RABBITMQ_PID_FILE", path + "/rabbitmq.pid"),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", written("enabled_plugins", BrokerNode.PLUGINS)),
                Map.entry(
                        "RABBITMQ_CONFIG_FILE",
                        written(
                                "rabbitmq.conf",
                                configuration + tlsConfiguration() + "load_definitions = " + path
                                        + "/definitions.json\n")),
                Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", path + "/advanced.config"),
                Map.entry("RABBITMQ_CONF_ENV_FILE", written("rabbitmq-env.conf", "")),
                // With "input allowed" the start script becomes the Erlang VM instead of its parent, so that the pid is
                // the VM's.
                Map.entry("RABBITMQ_ALLOW_INPUT", "true"),
                Map.entry("RABBITMQ_SERVER_START_ARGS", "-noinput +B i"),
                Map.entry(
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                        "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}")));
        if (tls.isEmpty()) {
            environment.put("RABBITMQ_NODE_PORT", Integer.toString(port));
            environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        }
        return environment;
    }

    private String tlsConfiguration() {
        return tls.map(files -> StackTls.brokerConfiguration(
                        "127.0.0.1:" + port,
                        files.of(StackTls.RABBITMQ).certificate().toString(),
                        files.of(StackTls.RABBITMQ).key().toString()))
                .orElse("");
    }

    private String written(String file, String content) {
        try {
            Path path = directory.resolve(file);
            Secrets.write(path, content);
            return path.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
