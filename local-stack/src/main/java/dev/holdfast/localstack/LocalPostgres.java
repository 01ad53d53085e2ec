package dev.holdfast.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A real PostgreSQL, its data kept under one directory, with a database and two roles for each service: its own and the owner,
 * which migrates. It listens on the loopback address only. Nothing of durability is switched off: what it has committed survives a crash.
 */
public final class LocalPostgres implements StackProcess, AutoCloseable {
    /** Databases, each with the role of the same name, which is the service's, and with its owner. */
    public static final Set<String> DATABASES = Set.of("orders", "payments");

    public static final String SUPERUSER = "postgres";
    /** The same for containers and for whoever runs a PostgreSQL of their own. */
    private static final String PREPARE = script("/prepare-database.sql");

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final Path directory;
    private final Path data;
    private final int port;
    private final Optional<StackTls> tls;
    private final OwnedProcess process;

    private LocalPostgres(Path directory, int port, Optional<StackTls> tls, Path log) {
        this.tls = tls;
        this.directory = directory.toAbsolutePath().normalize();
        this.data = this.directory.resolve("data");
        this.port = port == 0 ? Ports.free() : port;
        this.process = new OwnedProcess("postgres", this.directory.resolve("postgres.process"), log);
    }

    /** Starts on the data in the directory, which is made if it is not there; returns when it takes connections.
     *
     * @param port 0 takes a free one
     * @throws StackException if it does not come up within a minute, with the end of its log */
    public static LocalPostgres start(Path directory, int port) {
        LocalPostgres postgres = at(directory, port, Optional.empty(), directory.resolve("postgres.log"));
        postgres.start();
        return postgres;
    }

    /** Not started yet. */
    static LocalPostgres at(Path directory, int port, Optional<StackTls> tls, Path log) {
        return new LocalPostgres(directory, port, tls, log);
    }

    /** Starts it again, on the same port; one that an earlier launcher left behind is stopped first. */
    @Override
    public void start() {
        process.stop(OwnedProcess.Signal.INT, STOP_GRACE);
        Path binaries = PostgresBinaries.unpacked();
        createCluster(binaries);
        startServer(binaries);
        createDatabases();
    }

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public Path log() {
        return process.log();
    }

    public int port() {
        return port;
    }

    /** @return the pid of the postmaster, or -1 when it does not run */
    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** With user and password, as psql takes it. */
    public String url(String database) {
        return "postgresql://" + user(database) + ":" + password(database) + "@127.0.0.1:" + port + "/" + database;
    }

    /** The role of the service, called like its database. */
    public String user(String database) {
        return database;
    }

    /** The role that owns the database and its tables. */
    public String owner(String database) {
        return database + "_owner";
    }

    /** @param role {@link #user}, {@link #owner} or {@link #SUPERUSER} */
    public String password(String role) {
        return Secrets.of(passwordDirectory().resolve(role));
    }

    /** Where the cluster is. */
    Path data() {
        return data;
    }

    /** Where the passwords are kept. */
    Path passwordDirectory() {
        return directory.resolve("passwords");
    }

    /** Of all roles. */
    List<String> passwords() {
        return Stream.of(SUPERUSER, user("orders"), owner("orders"), user("payments"), owner("payments"))
                .map(this::password)
                .toList();
    }

    /** For tests: stops it (clients are cut off, all that was committed is kept) and starts it again. */
    public void restart() {
        stop();
        start();
    }

    /** The fast shutdown: open transactions are rolled back. */
    @Override
    public void stop() {
        process.stop(OwnedProcess.Signal.INT, STOP_GRACE);
    }

    /** The immediate shutdown, for tests: clients are cut off, and {@link #start()} recovers as after a crash. */
    public void stopImmediately() {
        process.stop(OwnedProcess.Signal.QUIT, STOP_GRACE);
    }

    /** SIGKILL, as a crash; {@link #start()} recovers from the write-ahead log. */
    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        stop();
    }

    /** Made aside and then renamed, so that an interrupted attempt leaves nothing half done. */
    private void createCluster(Path binaries) {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Path aside = directory.resolve("data.new");
        Path cluster = aside.resolve("cluster");
        Path passwordFile = aside.resolve("password");
        try {
            Files.createDirectories(directory);
            PostgresBinaries.deleteTree(aside);
            Files.createDirectories(cluster);
            Secrets.write(passwordFile, password(SUPERUSER));
            List<String> initdb = new ArrayList<>(Unprivileged.prefix(aside));
            initdb.addAll(List.of(binaries.resolve("initdb").toString(), "--pgdata", cluster.toString()));
            initdb.addAll(List.of("--username", SUPERUSER, "--pwfile", passwordFile.toString()));
            initdb.addAll(List.of("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"));
            initdb.addAll(List.of("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"));
            Tools.Result result = Tools.run(initdb);
            if (!result.succeeded()) {
                throw new StackException("PostgreSQL's initdb failed in " + cluster + ":\n" + result.output());
            }
            Files.move(cluster, data);
            PostgresBinaries.deleteTree(aside);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies, since it takes only a key that is its own. Without a certificate TLS is off, and TCP is open as initdb left it. */
    private Map<String, String> tlsSettings() {
        if (tls.isEmpty()) {
            return Map.of();
        }
        Path certificate = data.resolve("tls.crt");
        Path key = data.resolve("tls.key");
        Path access = data.resolve("tls_hba.conf");
        try {
            Secrets.write(
                    certificate,
                    Files.readString(tls.get().of(StackTls.POSTGRES).certificate()));
            Secrets.write(key, Files.readString(tls.get().of(StackTls.POSTGRES).key()));
            Secrets.write(access, "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "ssl", "on",
                "ssl_cert_file", certificate.toString(),
                "ssl_key_file", key.toString(),
                "hba_file", access.toString());
    }

    private void startServer(Path binaries) {
        Map<String, String> tlsSettings = tlsSettings();
        List<String> server = new ArrayList<>(Unprivileged.prefix(data));
        server.addAll(List.of(binaries.resolve("postgres").toString(), "-D", data.toString()));
        Map<String, String> settings = Map.of(
                "port", Integer.toString(port),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "fsync", "on",
                "synchronous_commit", "on",
                "full_page_writes", "on",
                "max_connections", "200",
                "timezone", "UTC");
        settings.forEach((name, value) -> server.addAll(List.of("-c", name + "=" + value)));
        tlsSettings.forEach((name, value) -> server.addAll(List.of("-c", name + "=" + value)));
        // Backends of a killed server need a moment to notice, and hold its shared memory until then: so more than one
        // try.
        boolean started = Waiting.until(START_LIMIT, () -> {
            process.start(server, Map.of("LC_ALL", "C"), variable -> !variable.startsWith("PG"), directory);
            Waiting.until(START_LIMIT, () -> !process.isAlive() || accepts());
            return process.isAlive() || !Tools.tail(process.log()).contains("pre-existing shared memory block");
        });
        if (!started || !process.isAlive()) {
            throw new StackException("PostgreSQL did not come up on port " + port + "; its log " + process.log()
                    + " ends with:\n" + Tools.tail(process.log()));
        }
    }

    private boolean accepts() {
        try (Connection connection = connect(SUPERUSER)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                jdbcUrl(database) + "?connectTimeout=5&socketTimeout=30", SUPERUSER, password(SUPERUSER));
    }

    private void createDatabases() {
        try (Connection connection = connect(SUPERUSER);
                Statement statement = connection.createStatement()) {
            for (String database : DATABASES) {
                if (!exists(statement, "pg_database where datname = '" + database + "'")) {
                    statement.execute("create database " + database);
                }
            }
            DATABASES.forEach(this::prepare);
        } catch (SQLException e) {
            throw new StackException("PostgreSQL runs, but its databases cannot be made: " + e.getMessage(), e);
        }
    }

    /** Gives a database its roles, as an administrator does; also one from before there were owners, that is in use. */
    public void prepare(String database) {
        Map<String, String> settings = Map.of(
                "role", user(database),
                "owner", owner(database),
                "password", password(user(database)),
                "owner_password", password(owner(database)));
        try (Connection connection = connect(database);
                PreparedStatement set = connection.prepareStatement("select set_config('holdfast.' || ?, ?, false)");
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                set.setString(1, setting.getKey());
                set.setString(2, setting.getValue());
                set.execute();
            }
            statement.execute(PREPARE);
        } catch (SQLException e) {
            throw new StackException("The database " + database + " cannot be given its roles: " + e.getMessage(), e);
        }
    }

    private static String script(String name) {
        try (InputStream script = LocalPostgres.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean exists(Statement statement, String what) throws SQLException {
        try (ResultSet row = statement.executeQuery("select 1 from " + what)) {
            return row.next();
        }
    }
}
