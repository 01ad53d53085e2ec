package dev.holdfast.localstack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A RabbitMQ installed on this machine.
 *
 * @param server the start script of the distribution itself: the one that Debian puts on the PATH insists on the system's user
 * @param portMapper Erlang's epmd
 */
record RabbitMqInstallation(Path server, Path portMapper) {
    private static final List<Path> SERVERS = List.of(
            Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server"),
            Path.of("/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"),
            Path.of("/usr/local/opt/rabbitmq/sbin/rabbitmq-server"));

    /** The command line tool beside the start script. */
    Path control() {
        return server.resolveSibling("rabbitmqctl");
    }

    static RabbitMqInstallation find() {
        return installed().orElseThrow(() -> new StackException("""
                        RabbitMQ is not installed. Any one of these will do:
                          - install it: apt-get install rabbitmq-server (./holdfast does so itself as root or where sudo \
                        needs no password)
                          - macOS: brew install rabbitmq
                          - have a running Docker, which provides rabbitmq:4
                          - let AMQP_URL name a broker that runs: amqp://user:password@host:port/vhost"""));
    }

    static Optional<RabbitMqInstallation> installed() {
        Optional<Path> epmd =
                Stream.of("epmd").flatMap(name -> Tools.find(name).stream()).findFirst();
        Optional<Path> server = Stream.concat(
                        SERVERS.stream(),
                        Stream.ofNullable(System.getenv("RABBITMQ_HOME"))
                                .map(home -> Path.of(home, "sbin", "rabbitmq-server")))
                .filter(Files::isExecutable)
                .findFirst();
        return server.flatMap(script -> epmd.map(mapper -> new RabbitMqInstallation(script, mapper)));
    }
}
