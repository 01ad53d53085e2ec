package dev.holdfast.localstack;

import dev.holdfast.access.ClientTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the services once under load, on an empty stack of its own, so that each leaves what its JVM has learned beside its
 * jar: which classes it loads, and which methods are worth compiling. With that cache they start in half the time, and are
 * fast sooner.
 */
final class Training {
    private static final Duration LOAD = Duration.ofSeconds(25);
    private static final int CLIENTS = 12;
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(20);

    private final StackDirectory directory;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger orders = new AtomicInteger();

    Training(StackDirectory directory) {
        this.directory = directory;
    }

    /** Ends what a training left running whose JVM was killed. */
    static void endLeftBehind(StackDirectory directory) {
        if (Files.exists(directory.training())) {
            LocalStack.leftBehindIn(directory.training()).stop();
        }
    }

    /**
     * Returns how many orders were placed in it.
     *
     * @throws StackException when the stack does not come up or takes no order, or a JVM leaves no cache
     */
    int run(StackSettings settings) {
        endLeftBehind(directory);
        erase(LocalStack.leftBehindIn(directory.training()));
        LocalStack stack = new LocalStack(directory.training(), settings.forTraining(), directory::application);
        stack.services().forEach(service -> delete(service.cache()));
        Thread abandon = new Thread(stack::stop, "abandon");
        Runtime.getRuntime().addShutdownHook(abandon);
        try {
            stack.start(step -> {});
            load(stack.gateway().url(), stack.tokens());
        } finally {
            stack.stop();
            erase(stack);
        }
        Runtime.getRuntime().removeShutdownHook(abandon);
        if (orders.get() == 0) {
            throw new StackException("no order was placed in the training");
        }
        for (LocalService service : stack.services()) {
            if (!Files.exists(service.cache())) {
                throw new StackException(service.name() + " left no cache, see " + service.log());
            }
        }
        return orders.get();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void erase(LocalStack stack) {
        try {
            stack.erase();
            PostgresBinaries.deleteTree(directory.training());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(String gateway, ClientTokens tokens) {
        long end = System.nanoTime() + LOAD.toNanos();
        Parallel.forEach(Collections.nCopies(CLIENTS, gateway), door -> customer(door, tokens, end));
    }

    /** One customer after another, each with what a client may ask. */
    private void customer(String gateway, ClientTokens tokens, long end) {
        while (System.nanoTime() < end) {
            UUID user = UUID.randomUUID();
            String account = gateway + "/accounts/" + user;
            String ordersOfUser = gateway + "/orders?user_id=" + user;
            Optional<String> own = tokens.customer(user);
            post(account, "", own);
            post(account + "/deposit", "{\"amount\": 1000.00}", tokens.backend());
            post(account + "/withdraw", "{\"amount\": 1.00}", tokens.backend());
            String paid = "";
            for (int i = 0; i < 20 && System.nanoTime() < end; i++) {
                String location = post(ordersOfUser, "{\"amount\": 1.25, \"description\": \"training\"}", own);
                if (!location.isEmpty()) {
                    orders.incrementAndGet();
                    get(gateway + location, own);
                    paid = paid.isEmpty() ? location : paid;
                }
            }
            // Cancelled, or too late for it.
            String last = post(ordersOfUser, "{\"amount\": 1.25}", own);
            if (!last.isEmpty()) {
                post(gateway + last.replace("?", "/cancel?"), "{\"reason\": \"training\"}", own);
            }
            if (!paid.isEmpty()) {
                String refunds = gateway + paid.replace("?", "/refunds?");
                post(refunds, "{\"amount\": 0.25, \"reason\": \"training\"}", tokens.backend());
                get(refunds, own);
            }
            // More than there is: refused.
            post(ordersOfUser, "{\"amount\": 9999.00}", own);
            get(ordersOfUser, own);
            get(account, own);
            get(account + "/transfers", own);
        }
    }

    /** Returns where the created thing is found, or nothing. */
    private String post(String url, String body, Optional<String> authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(REQUEST_LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return send(request, authorization).headers().firstValue("Location").orElse("");
    }

    private void get(String url, Optional<String> authorization) {
        send(HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST_LIMIT), authorization);
    }

    private HttpResponse<Void> send(HttpRequest.Builder builder, Optional<String> authorization) {
        authorization.ifPresent(token -> builder.header("Authorization", token));
        HttpRequest request = builder.build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new StackException("no answer from " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
