package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A packaged service, as a jar (with its AOT cache, where there is one) or as a native binary, in a process of its own. */
public final class LocalService implements StackProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(180);
    /** Longer than the services' own limit for requests that are under way. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);
    /** A JVM that was trained writes down what it has learned when it ends. */
    private static final Duration TRAINED_STOP_GRACE = Duration.ofMinutes(5);

    private static final String AOT_CACHE = "app.aot";
    /** What the last JVM had loaded when it ended; not beside an AOT cache, which has it too. */
    private static final List<String> SHARED_CLASSES =
            List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=../classes.jsa");
    /** For services that are started again and again: their JVM takes a third of the CPU until it is ready. */
    static final List<String> FAST_START_OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", SHARED_CLASSES.getFirst(), SHARED_CLASSES.getLast());

    /** The second is one of Compose. */
    private static final Set<String> GATEWAY_VARIABLES = Set.of(StackSettings.GATEWAY_PORT, "HOLDFAST_GATEWAY_HOST");

    static final String TRAINING_OPTION = "-XX:AOTCacheOutput=" + AOT_CACHE;

    static final String HTTP_PORT = "HTTP_PORT";
    private static final String MANAGEMENT_PORT = "MANAGEMENT_PORT";
    /** On ports of its own, as the service has those of its configuration. */
    private static final Map<String, String> MIGRATION =
            Map.of("MIGRATE_AT_START", "true", "QUARKUS_INIT_AND_EXIT", "true", HTTP_PORT, "0", MANAGEMENT_PORT, "0");

    private static final Duration READINESS_LIMIT = Duration.ofSeconds(3);

    private final String name;
    private final List<String> javaOptions;
    private final List<String> nativeOptions;
    private final String scheme;
    private final int port;
    private final Map<String, String> environment;
    private final OwnedProcess process;
    private final OwnedProcess replacement;
    private volatile Path application;

    /**
     * @param application the directory that holds {@code quarkus-run.jar} or a native binary {@code *-runner}
     * @param environment the service's configuration but for its ports
     * @param record where its pid is kept
     */
    LocalService(
            String name,
            Path application,
            StackSettings settings,
            int port,
            Map<String, String> environment,
            Path record,
            Path log) {
        this.name = name;
        this.application = absolute(application);
        this.javaOptions = settings.javaOptions();
        this.nativeOptions = settings.nativeOptions();
        this.scheme = settings.scheme();
        this.port = port;
        this.environment = Map.copyOf(environment);
        this.process = new OwnedProcess(name, record, log);
        this.replacement = process.another(name + "-dev");
    }

    @Override
    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public String url() {
        return scheme + "://localhost:" + port;
    }

    /** Where its health and its metrics are. */
    public String managementUrl() {
        return "http://localhost:" + managementPort();
    }

    public int managementPort() {
        return StackSettings.managementPort(port);
    }

    /** From its next start on it is the version in that directory. */
    public void becomes(Path version) {
        application = absolute(version);
    }

    private static Path absolute(Path application) {
        return application.toAbsolutePath().normalize();
    }

    @Override
    public void start() {
        start(Map.of());
    }

    /** The same, this once with these variables in addition. */
    public void start(Map<String, String> more) {
        stop();
        launch(process, application, more);
        awaitReady();
    }

    /**
     * Migrates the tables to the version in that directory, as a container does before its service starts: beside the
     * replicas that serve, as the owner of the tables.
     */
    public void migrate(Path version) {
        OwnedProcess task = process.another(name + "-migration");
        Process started = launch(task, absolute(version), MIGRATION);
        if (!Waiting.until(START_LIMIT, () -> !started.isAlive()) || started.exitValue() != 0) {
            task.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
            throw new StackException(
                    task.name() + " failed; its log " + task.log() + " ends with:\n" + Tools.tail(task.log()));
        }
        task.forget();
    }

    private Process launch(OwnedProcess launched, Path version, Map<String, String> more) {
        Map<String, String> variables = variables();
        // glibc keeps up to eight heaps a core otherwise, each with what its threads once needed.
        if (System.getenv("MALLOC_ARENA_MAX") == null) {
            variables.put("MALLOC_ARENA_MAX", "2");
        }
        variables.putAll(more);
        return launched.start(command(version), variables, LocalService::inherits, version);
    }

    /** All of the service's configuration. */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put(HTTP_PORT, Integer.toString(port));
        variables.put(MANAGEMENT_PORT, Integer.toString(managementPort()));
        return variables;
    }

    /** Whether the service may know a variable of whoever starts it. */
    static boolean inherits(String variable) {
        // The gateway would read the first as holdfast.gateway.port and .host, whatever this stack gives it; and a
        // part of what an identity provider needs would fit neither it nor the tokens of this stack.
        return !GATEWAY_VARIABLES.contains(variable) && !variable.startsWith("AUTH_");
    }

    /** Ends it, and has it left alone for as long as this JVM lives: that runs the service in its place. */
    void handOver() {
        if (replacement.isAlive()) {
            throw new StackException(name + " is in dev mode already, by pid " + replacement.pid());
        }
        replacement.rememberThisJvm();
        stop();
    }

    void takeBack() {
        replacement.forget();
    }

    @Override
    public boolean isReplaced() {
        return replacement.isAlive();
    }

    void endReplacement() {
        replacement.stop(OwnedProcess.Signal.TERM, STOP_GRACE);
    }

    private void awaitReady() {
        boolean ready;
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(READINESS_LIMIT)
                .build()) {
            ready = Waiting.until(START_LIMIT, () -> !isAlive() || isReady(client));
        }
        if (!ready || !isAlive()) {
            throw new StackException(
                    name + (isAlive() ? " is not ready after " + START_LIMIT.toSeconds() + " s" : " ended")
                            + "; its log " + log() + " ends with:\n" + Tools.tail(log()));
        }
    }

    private boolean isReady(HttpClient client) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort() + "/q/health/ready"))
                .timeout(READINESS_LIMIT)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting for " + name, e);
        }
    }

    private List<String> command(Path version) {
        Path jar = version.resolve("quarkus-run.jar");
        if (Files.exists(jar)) {
            List<String> java = new ArrayList<>();
            java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            java.addAll(javaOptions);
            if (!isTraining() && Files.exists(version.resolve(AOT_CACHE))) {
                java.removeAll(SHARED_CLASSES);
                java.add("-XX:AOTCache=" + AOT_CACHE);
            }
            java.addAll(List.of("-jar", jar.toString()));
            return java;
        }
        try (Stream<Path> files = Files.list(version)) {
            List<String> binary = new ArrayList<>();
            binary.add(files.filter(file -> file.toString().endsWith("-runner"))
                    .findFirst()
                    .orElseThrow(() -> new StackException(name + " is not built: nothing to run in " + version))
                    .toString());
            binary.addAll(nativeOptions);
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        process.stop(OwnedProcess.Signal.TERM, isTraining() ? TRAINED_STOP_GRACE : STOP_GRACE);
    }

    /** What a training leaves beside the jar. */
    Path cache() {
        return application.resolve(AOT_CACHE);
    }

    private boolean isTraining() {
        return javaOptions.contains(TRAINING_OPTION);
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public Path log() {
        return process.log();
    }
}
