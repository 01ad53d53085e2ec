package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * PostgreSQL, RabbitMQ, the gateway, and one or more of order-service and payment-service; all that they keep is under one
 * directory: {@code data}, {@code logs} and {@code run} (pids and ports).
 */
public final class LocalStack implements AutoCloseable {
    static final String GATEWAY = "gateway-service";
    static final String ORDERS = "order-service";
    static final String PAYMENTS = "payment-service";

    private final Path directory;
    private final StackSettings settings;
    private final LocalKeys keys;
    private final LocalPostgres postgres;
    private final Optional<LocalBroker> broker;
    private final String amqpUrl;
    private final List<LocalService> payments;
    private final List<LocalService> orders;
    private final LocalService gateway;
    private final LocalService secondGateway;

    /**
     * Nothing is started yet.
     *
     * @param applications the directory with the packaged jars or the native binary of each of {@code payment-service}, {@code
     *     order-service}, {@code gateway-service}
     */
    public LocalStack(Path directory, StackSettings settings, Function<String, Path> applications) {
        this(directory, settings, applications, Links.DIRECT);
    }

    /**
     * The same, where the processes reach one another as the links say.
     *
     * @param links asked once for each pair of a caller's kind and a process that is called
     */
    public LocalStack(Path directory, StackSettings settings, Function<String, Path> applications, Links links) {
        this.directory = directory.toAbsolutePath().normalize();
        this.settings = settings;
        keys = new LocalKeys(this.directory.resolve("keys"));
        Path data = this.directory.resolve("data");
        postgres = LocalPostgres.at(data.resolve("postgres"), keptPort("postgres"), settings.tls(), log("postgres"));
        broker = settings.amqpUrl().isPresent()
                ? Optional.empty()
                : Optional.of(LocalBroker.at(
                        data.resolve("rabbitmq"),
                        keptPort("rabbitmq"),
                        settings.queues(),
                        settings.tls(),
                        log("rabbitmq")));
        amqpUrl = settings.amqpUrl().or(() -> broker.map(LocalBroker::amqpUrl)).orElseThrow();
        ServiceVariables variables = new ServiceVariables(settings, links, keys, postgres, broker);
        payments = replicas(PAYMENTS, settings.paymentsPorts(), variables.ofPayments(), applications);
        orders = replicas(ORDERS, settings.ordersPorts(), variables.ofOrders(), applications);
        Path gateways = applications.apply(GATEWAY);
        gateway = service(GATEWAY, gateways, settings.gatewayPort(), variables.ofGateway());
        secondGateway = service(numbered(GATEWAY, 2), gateways, StackSettings.freePort(), variables.ofGateway());
    }

    /** The jars that {@code ./mvnw package} leaves in a checkout. */
    public static Function<String, Path> packagedIn(Path checkout) {
        return service -> checkout.resolve(service).resolve("target").resolve("quarkus-app");
    }

    /** All that an earlier launcher may have left running in the directory, to be stopped. */
    static LocalStack leftBehindIn(Path directory) {
        Map<String, String> largest = Map.of(StackSettings.REPLICAS, Integer.toString(StackSettings.MAX_REPLICAS));
        return new LocalStack(directory, StackSettings.of(largest), directory::resolve);
    }

    /** Ends all that a launcher which lives no more has left running in the directory. */
    public static void endLeftBehindIn(Path directory) {
        leftBehindIn(directory).stop();
    }

    /** The same, and removes all that was stored there. */
    public static void eraseIn(Path directory) throws IOException {
        LocalStack leftBehind = leftBehindIn(directory);
        leftBehind.stop();
        leftBehind.erase();
    }

    /** Starts all and returns when each is ready to serve; what was left behind by an earlier launcher is ended first.
     *
     * @param progress is told what happens, line by line
     * @throws StackException if one does not come up; the others run on until {@link #stop()} */
    public void start(Consumer<String> progress) {
        stop();
        if (broker.isEmpty() && !LocalBroker.accepts(amqpUrl)) {
            throw new StackException("the broker that AMQP_URL names does not answer or does not let us in: "
                    + amqpUrl.replaceFirst(":[^:@/]*@", ":***@"));
        }
        keys.makeUp();
        if (broker.isEmpty()) {
            BrokerDefinitions.declare(amqpUrl);
            QueueSpread.of(amqpUrl).set(settings.queues());
        }
        keepPort("postgres", postgres.port());
        broker.ifPresent(started -> keepPort("rabbitmq", started.port()));
        progress.accept("Starting PostgreSQL" + (broker.isPresent() ? " and RabbitMQ" : ""));
        Parallel.forEach(infrastructure(), StackProcess::start);
        progress.accept("Starting the services");
        Parallel.forEach(services(), StackProcess::start);
    }

    /** Ends all that runs, also what an earlier launcher left behind: the services first, those that they need last. */
    public void stop() {
        services().forEach(LocalService::endReplacement);
        List<LocalService> serving = services();
        serving.add(secondGateway);
        Parallel.forEach(serving, StackProcess::stop);
        Parallel.forEach(infrastructure(), StackProcess::stop);
    }

    /** Where it is and what runs in it, as {@code ./holdfast env} prints it of the stack that is up. */
    public Map<String, String> environment() {
        return StackEnvironment.of(this);
    }

    /** Removes all that was stored; nothing may run. The passwords go as well: start another object than this one. */
    void erase() throws IOException {
        if (broker.isPresent()) {
            broker.get().erase();
        }
        PostgresBinaries.deleteTree(directory.resolve("data"));
    }

    @Override
    public void close() {
        stop();
    }

    /** In the order in which they are started. */
    public List<StackProcess> processes() {
        List<StackProcess> all = new ArrayList<>(infrastructure());
        all.addAll(services());
        return all;
    }

    public LocalPostgres postgres() {
        return postgres;
    }

    /** Empty when a broker was given by its URL. */
    public Optional<LocalBroker> broker() {
        return broker;
    }

    public String amqpUrl() {
        return amqpUrl;
    }

    /** All replicas of payment-service. */
    public List<LocalService> payments() {
        return payments;
    }

    /** All replicas of order-service. */
    public List<LocalService> orders() {
        return orders;
    }

    public LocalService gateway() {
        return gateway;
    }

    /** Another one on a port of its own, which only a rollout starts, to have one beside the one that it stops. */
    public LocalService secondGateway() {
        return secondGateway;
    }

    /** What clients prove themselves by. */
    public ClientTokens tokens() {
        return settings.authenticated() ? ClientTokens.signedBy(keys.users()) : ClientTokens.none();
    }

    /** All passwords that the stack's processes know. */
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>(postgres.passwords());
        broker.ifPresent(own -> secrets.addAll(own.passwords()));
        return secrets;
    }

    /** The key that tokens of users are signed by. */
    public Path tokenKey() {
        return keys.users();
    }

    /** What order-service proves itself by where it calls payment-service. */
    public String serviceAuthorization() {
        return "Bearer " + keys.ordersToken();
    }

    LocalKeys keys() {
        return keys;
    }

    public StackSettings settings() {
        return settings;
    }

    private List<StackProcess> infrastructure() {
        List<StackProcess> started = new ArrayList<>(List.of(postgres));
        broker.ifPresent(started::add);
        return started;
    }

    /** All replicas of payment-service and order-service, then the gateway. */
    public List<LocalService> services() {
        List<LocalService> services = new ArrayList<>(payments);
        services.addAll(orders);
        services.add(gateway);
        return services;
    }

    /** The first is called like the service, the others have their number in addition. */
    private List<LocalService> replicas(
            String service, List<Integer> ports, Map<String, String> variables, Function<String, Path> applications) {
        return IntStream.range(0, ports.size())
                .mapToObj(i -> service(
                        i == 0 ? service : numbered(service, i + 1),
                        applications.apply(service),
                        ports.get(i),
                        variables))
                .toList();
    }

    private static String numbered(String service, int number) {
        return service + "-" + number;
    }

    private LocalService service(String name, Path application, int port, Map<String, String> variables) {
        return new LocalService(
                name, application, settings, port, variables, run().resolve(name + ".process"), log(name));
    }

    private Path run() {
        return directory.resolve("run");
    }

    private Path log(String name) {
        return directory.resolve("logs").resolve(name + ".log");
    }

    /** The port of the last run, so that scripts may keep what they know, unless another process has taken it since. */
    private int keptPort(String name) {
        Path file = portFile(name);
        try {
            return Files.exists(file)
                    ? Ports.freeOrOther(Integer.parseInt(Files.readString(file).strip()))
                    : Ports.free();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keepPort(String name, int port) {
        try {
            Files.createDirectories(run());
            Files.writeString(portFile(name), port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path portFile(String name) {
        return run().resolve(name + ".port");
    }
}
