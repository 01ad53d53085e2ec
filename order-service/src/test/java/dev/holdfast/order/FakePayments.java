package dev.holdfast.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Payments as this service sees it, over real HTTP; it can be told to misbehave. */
public final class FakePayments extends FakeHolds implements QuarkusTestResourceLifecycleManager {
    public enum HoldStatus {
        HELD,
        CAPTURED,
        RELEASED,
        REFUNDED
    }

    /** What happens to a request once it is processed. */
    public enum Behaviour {
        ANSWER,
        ANSWER_LATE,
        DROP_THE_ANSWER,
        ANSWER_RUBBISH,
        PROCESS_LATE,
        FAIL_BEFORE_PROCESSING,
        REFUSE
    }

    public record Hold(UUID userId, BigDecimal amount, HoldStatus status) {
        Hold with(HoldStatus newStatus) {
            return new Hold(userId, amount, newStatus);
        }
    }

    /** Longer than the client reads. */
    private static final Duration LATE = Duration.ofMillis(3_500);

    private final Map<UUID, Long> expirySeconds = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> misbehaves = path -> false;
    private volatile Behaviour behaviour = Behaviour.ANSWER;
    private volatile Consumer<UUID> afterCancelling = orderId -> {};
    private final AtomicInteger batchCalls = new AtomicInteger();
    private final AtomicInteger singleCalls = new AtomicInteger();
    private final AtomicInteger singleCallsNow = new AtomicInteger();
    private final AtomicInteger singleCallsAtOnce = new AtomicInteger();
    private int port;
    private @Nullable HttpServer server;

    @Override
    public Map<String, String> start() {
        comeBack();
        return Map.ofEntries(
                Map.entry("holdfast.compensation.abandon-delay", "1s"),
                Map.entry("clock.offset", "PT7M"),
                // Nothing listens at the first, as where one of two replicas is away.
                Map.entry("PAYMENTS_URL", "http://localhost:1,http://localhost:" + port),
                Map.entry("holdfast.compensation.retry-delay", "100ms"),
                Map.entry("holdfast.compensation.max-retry-delay", "500ms"),
                Map.entry("holdfast.consumer.retry-delay", "50ms"),
                Map.entry("holdfast.reconciliation.grace", "300ms"),
                Map.entry("holdfast.reconciliation.full-interval", "5s"),
                Map.entry("holdfast.reconciliation.share-percent", "50"),
                Map.entry("holdfast.reconciliation.page-size", "300"),
                Map.entry("holdfast.authorization.grace", "1s"),
                Map.entry("holdfast.authorization.interval", "1s"),
                Map.entry("holdfast.inquiry.interval", "1s"));
    }

    @Override
    public void stop() {
        goAway();
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(FakePayments.class));
    }

    /** Connections are refused from now on. */
    public synchronized void goAway() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public synchronized void comeBack() {
        if (server != null) {
            return;
        }
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    /** Treats requests whose path ends with this in this way, until {@link #behave}. */
    public void misbehave(String pathEnd, Behaviour how) {
        behaviour = how;
        misbehaves = path -> path.endsWith(pathEnd);
    }

    /** The same for the next such request only. */
    public void misbehaveOnce(String pathEnd, Behaviour how) {
        AtomicBoolean done = new AtomicBoolean();
        behaviour = how;
        misbehaves = path -> path.endsWith(pathEnd) && done.compareAndSet(false, true);
    }

    /** What happens to an order between its cancellation here and the answer to it, until {@link #behave}. */
    public void afterCancelling(Consumer<UUID> what) {
        afterCancelling = what;
    }

    public void behave() {
        misbehaves = path -> false;
        afterCancelling = orderId -> {};
        comeBack();
    }

    /** Requests that reached payments, as {@code path order_id}. */
    public List<String> calls(UUID orderId) {
        return calls.stream().filter(call -> call.endsWith(orderId.toString())).toList();
    }

    /** How long the order's hold was asked for; null where payments was to choose. */
    public @Nullable Long expirySeconds(UUID orderId) {
        return expirySeconds.get(orderId);
    }

    /** How many calls asked for more than one hold. */
    public int batchCalls() {
        return batchCalls.get();
    }

    /** How many calls asked to release a hold. */
    public int singleCalls() {
        return singleCalls.get();
    }

    /** How many of them were there at the same time at most, since this was asked the last time. */
    public int singleCallsAtOnce() {
        return singleCallsAtOnce.getAndSet(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!path.equals("/internal/releases")) {
            answer(exchange, path);
            return;
        }
        singleCalls.incrementAndGet();
        singleCallsAtOnce.accumulateAndGet(singleCallsNow.incrementAndGet(), Math::max);
        try {
            answer(exchange, path);
        } finally {
            singleCallsNow.decrementAndGet();
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        JsonNode body = FakeAnswer.JSON.readTree(exchange.getRequestBody());
        if (path.startsWith("/internal/reconciliation/")) {
            reconcile(path, body).sendChunked(exchange);
            return;
        }
        List<JsonNode> items = new ArrayList<>();
        if (path.equals("/internal/holds")) {
            body.path("holds").forEach(items::add);
            if (body.has("expires_in_seconds")) {
                items.forEach(item -> expirySeconds.put(
                        UUID.fromString(item.path("order_id").asText()),
                        body.path("expires_in_seconds").asLong()));
            }
            batchCalls.addAndGet(items.size() > 1 ? 1 : 0);
        } else {
            items.add(body);
        }
        items.forEach(item -> calls.add(path + " " + item.path("order_id").asText()));
        Behaviour now = misbehaves.test(path) ? behaviour : Behaviour.ANSWER;
        if (now == Behaviour.FAIL_BEFORE_PROCESSING) {
            new FakeAnswer(500, "{\"code\":\"internal_error\"}").send(exchange);
            return;
        }
        if (now == Behaviour.REFUSE) {
            FakeAnswer.problem(400, "validation_failed").send(exchange);
            return;
        }
        if (now == Behaviour.PROCESS_LATE) {
            pause();
        }
        FakeAnswer answer = process(exchange.getRequestURI(), items);
        switch (now) {
            case DROP_THE_ANSWER -> {}
            case ANSWER_RUBBISH -> new FakeAnswer(200, "<html>").send(exchange);
            case ANSWER_LATE -> {
                pause();
                answer.send(exchange);
            }
            case ANSWER, PROCESS_LATE, FAIL_BEFORE_PROCESSING, REFUSE -> answer.send(exchange);
        }
        exchange.close();
    }

    private FakeAnswer process(URI request, List<JsonNode> items) {
        if (request.getPath().equals("/internal/holds")) {
            return holdBatch(items, "outcomes=true".equals(request.getQuery()));
        }
        UUID orderId = UUID.fromString(items.getFirst().path("order_id").asText());
        UUID userId = UUID.fromString(items.getFirst().path("user_id").asText());
        return switch (request.getPath()) {
            case "/internal/refunds" -> refund(orderId);
            case "/internal/refunds/parts" ->
                refundPart(
                        UUID.fromString(items.getFirst().path("refund_id").asText()),
                        userId,
                        orderId,
                        items.getFirst().path("amount").decimalValue());
            case "/internal/releases" -> release(userId, orderId);
            case "/internal/cancellations" -> {
                FakeAnswer answer =
                        cancel(userId, orderId, items.getFirst().path("amount").decimalValue());
                afterCancelling.accept(orderId);
                yield answer;
            }
            default -> FakeAnswer.problem(404, "not_found");
        };
    }

    private static void pause() {
        try {
            Thread.sleep(LATE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
