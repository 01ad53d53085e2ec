package dev.holdfast.faults.stack;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.faults.proxy.Proxies;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Invariants;
import dev.holdfast.invariants.Quiescence;
import dev.holdfast.localstack.Links;
import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.LocalStack;
import dev.holdfast.localstack.StackProcess;
import dev.holdfast.localstack.StackSettings;
import dev.holdfast.localstack.StackTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A whole system of its own on free ports, empty at first, that tests may break: nothing in it is started again unless
 * the test does so. Its logs stay in its directory under {@code fault-suite/target}.
 */
public final class StackUnderTest implements AutoCloseable {
    private static final String NATIVE_PROPERTY = "holdfast.native";

    private final TestDirectory directory;
    private final LocalStack stack;
    private final Proxies proxies;
    private final Optional<SmallDisk> smallDisk;
    private final Thread atExit;

    private StackUnderTest(TestDirectory directory, LocalStack stack, Proxies proxies, Optional<SmallDisk> smallDisk) {
        this.directory = directory;
        this.stack = stack;
        this.proxies = proxies;
        this.smallDisk = smallDisk;
        this.atExit = new Thread(this::end, "stop-stack");
    }

    /** Starts a stack with that many replicas of order-service and of payment-service each, and no proxies. */
    public static StackUnderTest start(int replicas, Consumer<String> progress) {
        return start(new StackShape(replicas, 1, false, false), progress);
    }

    /**
     * Starts the packaged services of this checkout, native binaries with {@code -Dholdfast.native=true}, and returns
     * when all are ready.
     *
     * @param progress is told what happens, line by line
     */
    public static StackUnderTest start(StackShape shape, Consumer<String> progress) {
        return start(shape, StackSettings.onFreePorts(shape.replicas(), shape.queues()), packaged(), progress);
    }

    /** The same without proxies, of another version: the directory of each of its services, as {@link #packaged()}. */
    public static StackUnderTest start(int replicas, Function<String, Path> version, Consumer<String> progress) {
        return start(
                new StackShape(replicas, 1, false, false), StackSettings.onFreePorts(replicas, 1), version, progress);
    }

    /** Where this checkout's build has left each service. */
    public static Function<String, Path> packaged() {
        Path checkout = TestDirectory.checkout();
        return Boolean.getBoolean(NATIVE_PROPERTY)
                ? service -> checkout.resolve(service).resolve("target")
                : LocalStack.packagedIn(checkout);
    }

    /** The same with TLS on all connections, and without replicas and proxies. */
    public static StackUnderTest start(StackTls certificates, Consumer<String> progress) {
        return start(
                new StackShape(1, 1, false, false),
                StackSettings.onFreePorts(1, 1).with(certificates),
                packaged(),
                progress);
    }

    private static StackUnderTest start(
            StackShape shape, StackSettings settings, Function<String, Path> version, Consumer<String> progress) {
        Path target = TestDirectory.checkout().resolve("fault-suite").resolve("target");
        Leftovers.end(target, progress);
        TestDirectory directory = TestDirectory.create(target);
        progress.accept("The stack's logs are in " + directory.logs());
        // Before the stack keeps its passwords there.
        Optional<SmallDisk> smallDisk =
                shape.smallDisk() ? SmallDisk.mount(directory.postgresData()) : Optional.empty();
        Proxies proxies = new Proxies();
        LocalStack stack =
                new LocalStack(directory.path(), settings, version, shape.proxied() ? proxies : Links.DIRECT);
        StackUnderTest started = new StackUnderTest(directory, stack, proxies, smallDisk);
        Runtime.getRuntime().addShutdownHook(started.atExit);
        stack.start(progress);
        return started;
    }

    public URI gateway() {
        return URI.create(stack.gateway().url());
    }

    /** Where all of it is, as {@code ./holdfast env} prints it. */
    public Map<String, String> environment() {
        return stack.environment();
    }

    /** What clients prove themselves by. */
    public ClientTokens tokens() {
        return stack.tokens();
    }

    /** The key that the stack takes users' tokens from; see {@link dev.holdfast.access.TokenIssuer#keyFile}. */
    public Path tokenKey() {
        return stack.tokenKey();
    }

    /** What order-service proves itself by where it calls payment-service; the value of an Authorization header. */
    public String serviceAuthorization() {
        return stack.serviceAuthorization();
    }

    /** Where clients reach the gateway if the link to it shall fail too. */
    public URI gatewayThroughProxy() {
        return URI.create("http://127.0.0.1:"
                + proxies.port(Links.Link.CLIENT_TO_GATEWAY, stack.gateway().port()));
    }

    /** Where it keeps its data; what else is put there goes with it. */
    public Path data() {
        return directory.data();
    }

    /** What is between the processes, in a stack of that shape. */
    public Proxies proxies() {
        return proxies;
    }

    /** PostgreSQL's disk, in a stack of that shape on a machine that lets us make one. */
    public Optional<SmallDisk> smallDisk() {
        return smallDisk;
    }

    /** The first replica of order-service. */
    public URI orders() {
        return URI.create(stack.orders().getFirst().url());
    }

    /** The first replica of payment-service. */
    public URI payments() {
        return URI.create(stack.payments().getFirst().url());
    }

    /** As order-service itself. */
    public Database ordersDatabase() {
        return database("orders");
    }

    /** As payment-service itself. */
    public Database paymentsDatabase() {
        return database("payments");
    }

    /** The same database as the owner of its tables, who migrates them. */
    public Database asOwner(Database database) {
        String owner = stack.postgres().owner(database.name());
        return Database.of(
                stack.postgres().jdbcUrl(database.name()),
                owner,
                stack.postgres().password(owner));
    }

    /** As the user who may do everything. */
    public Database superuserDatabase() {
        return Database.of(stack.postgres().url("postgres"));
    }

    public BrokerQueues broker() {
        return new BrokerQueues(stack.amqpUrl(), stack.settings().queues());
    }

    /** The same as one of the broker's users. */
    public BrokerQueues brokerAs(String user) {
        return new BrokerQueues(brokerProcess().amqpUrl(user), stack.settings().queues());
    }

    public String amqpUrl() {
        return stack.amqpUrl();
    }

    public LocalPostgres postgres() {
        return stack.postgres();
    }

    /** The broker's process, to be stopped and started. */
    public LocalBroker brokerProcess() {
        return stack.broker().orElseThrow();
    }

    public LocalService gatewayProcess() {
        return stack.gateway();
    }

    /** Stopped, unless a test starts it to have another one beside the gateway. */
    public LocalService secondGateway() {
        return stack.secondGateway();
    }

    /** The first replica of order-service. */
    public StackProcess ordersProcess() {
        return stack.orders().getFirst();
    }

    /** The first replica of payment-service. */
    public StackProcess paymentsProcess() {
        return stack.payments().getFirst();
    }

    public List<LocalService> ordersReplicas() {
        return stack.orders();
    }

    public List<LocalService> paymentsReplicas() {
        return stack.payments();
    }

    /** The gateway and all replicas. */
    public List<LocalService> services() {
        List<LocalService> services = new ArrayList<>(List.of(stack.gateway()));
        services.addAll(stack.orders());
        services.addAll(stack.payments());
        return services;
    }

    public Quiescence quiescence() {
        return new Quiescence(ordersDatabase(), paymentsDatabase(), broker());
    }

    public Invariants invariants() {
        return new Invariants(ordersDatabase(), paymentsDatabase(), broker());
    }

    /** I8: the services' counters of requests that were answered 500, which nothing a client sends may cause. */
    public List<String> internalErrors() throws IOException, InterruptedException {
        List<String> errors = new ArrayList<>();
        for (LocalService service : services()) {
            ServiceMetrics.of(service)
                    .filter(line -> line.contains("_seconds_count{") && line.contains("status=\"500\""))
                    .forEach(errors::add);
        }
        return errors;
    }

    /** Lines of any log that hold a password that this stack has or had, a token, or a private key. */
    public List<String> secretsInLogs() throws IOException {
        return LoggedSecrets.in(directory.logs(), stack.secrets());
    }

    /** All that runs, in the order in which it is started. */
    public List<StackProcess> processes() {
        return stack.processes();
    }

    private void end() {
        try {
            stack.close();
        } finally {
            try {
                proxies.close();
            } finally {
                smallDisk.ifPresent(SmallDisk::close);
            }
        }
    }

    /** Ends all processes and removes the data; the logs stay. */
    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(atExit);
        directory.removeData();
    }

    private Database database(String name) {
        return Database.of(
                stack.postgres().jdbcUrl(name),
                stack.postgres().user(name),
                stack.postgres().password(name));
    }
}
