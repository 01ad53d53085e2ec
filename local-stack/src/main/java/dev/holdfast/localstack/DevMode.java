package dev.holdfast.localstack;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/** Runs a service of the stack that is up in Quarkus' dev mode, with its configuration and in its place. */
final class DevMode {
    private static final Duration END_LIMIT = Duration.ofSeconds(25);

    private final StackDirectory directory;
    private final Consumer<String> progress;

    DevMode(StackDirectory directory, Consumer<String> progress) {
        this.directory = directory;
        this.progress = progress;
    }

    /** Keeps what a service is configured by, for whoever runs it in dev mode. */
    static void keep(LocalService service, StackDirectory directory) {
        Properties variables = new Properties();
        variables.putAll(service.variables());
        StringWriter text = new StringWriter();
        try {
            variables.store(text, null);
            // There are passwords among them.
            Secrets.write(directory.variables(service.name()), text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns Maven's exit code once the user has ended dev mode; the launcher then starts the packaged service again. */
    int run(String name) {
        StackEnvironment.gateway(directory);
        LocalService service = service(name);
        Map<String, String> variables = variables(name);
        service.handOver();
        progress.accept("The stack's " + name + " has made room; it is back when dev mode ends, by q or Ctrl-C");
        try {
            Process maven = maven(name, variables);
            Thread ending = new Thread(() -> end(maven, service, variables), "end-dev-mode");
            // Ctrl-C is for all processes at the terminal, Maven among them.
            Runtime.getRuntime().addShutdownHook(ending);
            return maven.waitFor();
        } catch (IOException e) {
            service.takeBack();
            throw new StackException("cannot run Maven: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    private void end(Process maven, LocalService service, Map<String, String> variables) {
        List<ProcessHandle> started = maven.descendants().toList();
        maven.destroy();
        int port = Integer.parseInt(variables.getOrDefault(LocalService.HTTP_PORT, "0"));
        if (!Waiting.until(END_LIMIT, () -> !maven.isAlive() && areFree(port, StackSettings.managementPort(port)))) {
            started.forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly();
        }
        service.takeBack();
        progress.accept("Dev mode of " + service.name() + " has ended");
    }

    private static boolean areFree(int... ports) {
        return Arrays.stream(ports).allMatch(Ports::isFree);
    }

    private Process maven(String service, Map<String, String> variables) throws IOException {
        ProcessBuilder maven = new ProcessBuilder(command(service))
                .directory(directory.checkout().toFile())
                .inheritIO();
        maven.environment().keySet().removeIf(variable -> !LocalService.inherits(variable));
        maven.environment().putAll(variables);
        return maven.start();
    }

    /** With the modules that the service needs, so that a change of theirs is seen as well. */
    static List<String> command(String service) {
        return List.of(
                "./mvnw",
                "-ntp",
                "-pl",
                service,
                "-am",
                "-Dquarkus.analytics.disabled=true",
                "-Dquarkus.devservices.enabled=false",
                "process-classes",
                "quarkus:dev");
    }

    private LocalService service(String name) {
        return LocalStack.leftBehindIn(directory.root()).services().stream()
                .filter(service -> service.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StackException("there is no service " + name));
    }

    /** All that {@link #keep} has kept. */
    Map<String, String> variables(String service) {
        Path file = directory.variables(service);
        Properties kept = new Properties();
        try {
            kept.load(new StringReader(Files.readString(file)));
        } catch (NoSuchFileException e) {
            throw new StackException(
                    "the stack that is up was started by an older version: ./holdfast down, then up", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> variables = new HashMap<>();
        kept.stringPropertyNames().forEach(variable -> variables.put(variable, kept.getProperty(variable)));
        return variables;
    }
}
