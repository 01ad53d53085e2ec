package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tells scripts where the running stack is: shell lines, kept in a file while the stack is up. */
final class StackEnvironment {
    static final String GATEWAY_URL = "HOLDFAST_GATEWAY_URL";

    private StackEnvironment() {}

    static void write(LocalStack stack, Path file) {
        try {
            Secrets.write(file, lines(addresses(stack)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it needs to be used, and to be measured; with the pids of this moment. */
    static Map<String, String> of(LocalStack stack) {
        Map<String, String> variables = addresses(stack);
        variables.putAll(pids(stack));
        return variables;
    }

    private static Map<String, String> addresses(LocalStack stack) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(GATEWAY_URL, stack.gateway().url());
        variables.put("HOLDFAST_ORDERS_URL", stack.orders().getFirst().url());
        variables.put("HOLDFAST_PAYMENTS_URL", stack.payments().getFirst().url());
        variables.put("HOLDFAST_ORDERS_URLS", words(stack.orders(), LocalService::url));
        variables.put("HOLDFAST_PAYMENTS_URLS", words(stack.payments(), LocalService::url));
        // Health and metrics of each.
        variables.put("HOLDFAST_GATEWAY_MANAGEMENT_URL", stack.gateway().managementUrl());
        variables.put("HOLDFAST_ORDERS_MANAGEMENT_URLS", words(stack.orders(), LocalService::managementUrl));
        variables.put("HOLDFAST_PAYMENTS_MANAGEMENT_URLS", words(stack.payments(), LocalService::managementUrl));
        variables.put("ORDERS_DATABASE_URL", stack.postgres().url("orders"));
        variables.put("PAYMENTS_DATABASE_URL", stack.postgres().url("payments"));
        // Of the superuser, who makes the scratch database that the benchmark measures the machine's limit in.
        variables.put("POSTGRES_URL", stack.postgres().url("postgres"));
        variables.put("AMQP_URL", stack.amqpUrl());
        variables.put(StackSettings.QUEUES, Integer.toString(stack.settings().queues()));
        variables.put(
                ClientTokens.KEY_FILE,
                stack.settings().authenticated() ? stack.keys().users().toString() : "");
        return variables;
    }

    /** The lines with the pids of this moment; that of a process which is just being started again is empty. */
    static String read(StackDirectory directory) {
        return written(directory) + lines(pids(LocalStack.leftBehindIn(directory.root())));
    }

    private static Map<String, String> pids(LocalStack stack) {
        Map<String, String> pids = new LinkedHashMap<>();
        pids.put("GATEWAY_PID", pid(stack.gateway()));
        pids.put("ORDERS_PID", pid(stack.orders().getFirst()));
        pids.put("PAYMENTS_PID", pid(stack.payments().getFirst()));
        pids.put("ORDERS_PIDS", words(stack.orders(), StackEnvironment::pid));
        pids.put("PAYMENTS_PIDS", words(stack.payments(), StackEnvironment::pid));
        pids.put("POSTGRES_PID", pid(stack.postgres()));
        pids.put("RABBITMQ_PID", stack.broker().map(StackEnvironment::pid).orElse(""));
        return pids;
    }

    static Gateway gateway(StackDirectory directory) {
        String written = written(directory);
        return new Gateway(
                value(written, GATEWAY_URL),
                ClientTokens.of(Map.of(ClientTokens.KEY_FILE, value(written, ClientTokens.KEY_FILE))));
    }

    private static String value(String written, String variable) {
        String prefix = "export " + variable + "='";
        return written.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length(), line.length() - 1))
                .findFirst()
                .orElseThrow();
    }

    private static String written(StackDirectory directory) {
        try {
            if (Files.exists(directory.environment()) && directory.launcher().isAlive()) {
                return Files.readString(directory.environment());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new StackException("nothing is up here: start it with ./holdfast up");
    }

    /** One for each replica, for a shell's {@code for}; one that is just being started again has no pid among them. */
    private static String words(List<LocalService> replicas, Function<LocalService, String> word) {
        return replicas.stream().map(word).filter(it -> !it.isEmpty()).collect(Collectors.joining(" "));
    }

    private static String pid(StackProcess process) {
        long pid = process.pid();
        return pid < 0 ? "" : Long.toString(pid);
    }

    private static String lines(Map<String, String> variables) {
        return variables.entrySet().stream()
                .map(entry ->
                        "export " + entry.getKey() + "='" + entry.getValue().replace("'", "'\\''") + "'\n")
                .collect(Collectors.joining());
    }
}
