package dev.holdfast.order;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Payments as this service sees it, over real HTTP: it keeps accounts and holds, refuses what payments refuses, and can be
 * told to misbehave.
 */
public final class FakePayments implements QuarkusTestResourceLifecycleManager {
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

    public record Answer(int status, String json) {}

    /** Longer than the client reads. */
    private static final Duration LATE = Duration.ofMillis(3_500);

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final Map<UUID, BigDecimal> available = new HashMap<>();
    private final Map<UUID, Hold> holds = new HashMap<>();
    private final Set<UUID> overdue = new HashSet<>();
    private final Set<UUID> differing = new HashSet<>();
    private final Set<UUID> unverified = new HashSet<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> misbehaves = path -> false;
    private volatile Behaviour behaviour = Behaviour.ANSWER;
    private final Set<UUID> locked = new HashSet<>();
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
                Map.entry("quarkus.http.test-port", "0"),
                Map.entry("holdfast.compensation.retry-delay", "100ms"),
                Map.entry("holdfast.compensation.max-retry-delay", "500ms"),
                Map.entry("holdfast.consumer.retry-delay", "50ms"),
                Map.entry("holdfast.reconciliation.grace", "300ms"),
                Map.entry("holdfast.reconciliation.page-size", "300"),
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

    /** Requests whose path ends so are treated so, until {@link #behave}. */
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

    public void behave() {
        misbehaves = path -> false;
        comeBack();
    }

    public synchronized UUID openAccount(String balance) {
        UUID userId = UUID.randomUUID();
        available.put(userId, new BigDecimal(balance));
        return userId;
    }

    public synchronized BigDecimal available(UUID userId) {
        return available.get(userId);
    }

    public synchronized @Nullable HoldStatus holdStatus(UUID orderId) {
        Hold hold = holds.get(orderId);
        return hold == null ? null : hold.status();
    }

    public synchronized List<Hold> holdsOf(UUID userId) {
        return holds.values().stream()
                .filter(hold -> hold.userId().equals(userId))
                .toList();
    }

    public synchronized void capture(UUID orderId) {
        holds.computeIfPresent(orderId, (id, hold) -> hold.with(HoldStatus.CAPTURED));
    }

    /** Somebody holds this much for an order, whoever may have ordered it. */
    public synchronized void put(UUID orderId, UUID userId, String amount, HoldStatus status) {
        holds.put(orderId, new Hold(userId, new BigDecimal(amount), status));
    }

    public synchronized void forget(UUID orderId) {
        holds.remove(orderId);
        overdue.remove(orderId);
    }

    /** The hold's time was over long ago, and nobody has swept it. */
    public synchronized void overdue(UUID orderId) {
        overdue.add(orderId);
    }

    /** The account's balance is said to differ from its transfers, or not. */
    public synchronized void differs(UUID userId, boolean yes) {
        if (yes) {
            differing.add(userId);
        } else {
            differing.remove(userId);
        }
    }

    /** The account is said to be still being summed up, or not. */
    public synchronized void cannotVerify(UUID userId, boolean yes) {
        if (yes) {
            unverified.add(userId);
        } else {
            unverified.remove(userId);
        }
    }

    /** Requests that reached payments, as {@code path order_id}. */
    public List<String> calls(UUID orderId) {
        return calls.stream().filter(call -> call.endsWith(orderId.toString())).toList();
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

    /** Somebody keeps the account locked, or not. */
    public synchronized void lock(UUID userId, boolean yes) {
        if (yes) {
            locked.add(userId);
        } else {
            locked.remove(userId);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!path.startsWith("/accounts/")) {
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
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        if (path.startsWith("/reconciliation/")) {
            sendChunked(exchange, books(path, body));
            return;
        }
        List<JsonNode> items = new ArrayList<>();
        if (path.equals("/holds")) {
            body.path("holds").forEach(items::add);
            batchCalls.addAndGet(items.size() > 1 ? 1 : 0);
        } else {
            items.add(body);
        }
        items.forEach(item -> calls.add(path + " " + item.path("order_id").asText()));
        Behaviour now = misbehaves.test(path) ? behaviour : Behaviour.ANSWER;
        if (now == Behaviour.FAIL_BEFORE_PROCESSING) {
            send(exchange, new Answer(500, "{\"code\":\"internal_error\"}"));
            return;
        }
        if (now == Behaviour.REFUSE) {
            send(exchange, problem(400, "validation_failed"));
            return;
        }
        if (now == Behaviour.PROCESS_LATE) {
            pause();
        }
        Answer answer = path.equals("/holds")
                ? holdBatch(
                        items, "outcomes=true".equals(exchange.getRequestURI().getQuery()))
                : process(path, UUID.fromString(body.path("order_id").asText()), body);
        switch (now) {
            case DROP_THE_ANSWER -> {}
            case ANSWER_RUBBISH -> send(exchange, new Answer(200, "<html>"));
            case ANSWER_LATE -> {
                pause();
                send(exchange, answer);
            }
            case ANSWER, PROCESS_LATE, FAIL_BEFORE_PROCESSING, REFUSE -> send(exchange, answer);
        }
        exchange.close();
    }

    private synchronized Answer process(String path, UUID orderId, JsonNode body) {
        if (path.equals("/refunds")) {
            return refund(orderId);
        }
        UUID userId = UUID.fromString(path.split("/")[2]);
        return release(userId, orderId);
    }

    /** Takes those that are covered, or taken already, as payments does. */
    private synchronized Answer holdBatch(List<JsonNode> requests, boolean outcomes) {
        ArrayNode taken = JSON.createArrayNode();
        ObjectNode notTaken = JSON.createObjectNode();
        for (JsonNode request : requests) {
            UUID orderId = UUID.fromString(request.path("order_id").asText());
            UUID userId = UUID.fromString(request.path("user_id").asText());
            if (locked.contains(userId)) {
                notTaken.put(orderId.toString(), "account_busy");
                continue;
            }
            Answer answer = hold(userId, orderId, request.path("amount").decimalValue());
            if (answer.status() == 200) {
                taken.add(orderId.toString());
            } else {
                notTaken.put(orderId.toString(), code(answer));
            }
        }
        ObjectNode all = JSON.createObjectNode().set("taken", taken);
        return new Answer(200, (outcomes ? all.<ObjectNode>set("not_taken", notTaken) : all).toString());
    }

    private static String code(Answer answer) {
        try {
            return JSON.readTree(answer.json()).path("code").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public synchronized Answer hold(UUID userId, UUID orderId, BigDecimal amount) {
        Hold hold = holds.get(orderId);
        if (hold != null) {
            return switch (hold.status()) {
                case RELEASED, REFUNDED -> problem(409, "hold_released");
                case CAPTURED -> problem(409, "hold_captured");
                case HELD ->
                    hold.userId().equals(userId) && hold.amount().compareTo(amount) == 0
                            ? new Answer(200, "{\"status\":\"held\"}")
                            : problem(409, "hold_conflict");
            };
        }
        BigDecimal free = available.get(userId);
        if (free == null) {
            return problem(404, "account_not_found");
        }
        if (free.compareTo(amount) < 0) {
            return problem(402, "insufficient_funds");
        }
        available.put(userId, free.subtract(amount));
        holds.put(orderId, new Hold(userId, amount, HoldStatus.HELD));
        return new Answer(200, "{\"status\":\"held\"}");
    }

    public synchronized Answer release(UUID userId, UUID orderId) {
        Hold hold = holds.get(orderId);
        if (hold == null || !hold.userId().equals(userId)) {
            return problem(404, "hold_not_found");
        }
        if (hold.status() == HoldStatus.CAPTURED || hold.status() == HoldStatus.REFUNDED) {
            return problem(409, "hold_captured");
        }
        giveBack(orderId, hold, HoldStatus.HELD, HoldStatus.RELEASED);
        return new Answer(200, "{\"status\":\"released\"}");
    }

    private Answer refund(UUID orderId) {
        Hold hold = holds.get(orderId);
        if (hold == null || hold.status() == HoldStatus.HELD || hold.status() == HoldStatus.RELEASED) {
            return problem(404, "capture_not_found");
        }
        giveBack(orderId, hold, HoldStatus.CAPTURED, HoldStatus.REFUNDED);
        return new Answer(200, "{\"status\":\"refunded\"}");
    }

    private void giveBack(UUID orderId, Hold hold, HoldStatus from, HoldStatus to) {
        if (hold.status() == from) {
            available.merge(hold.userId(), hold.amount(), BigDecimal::add);
            holds.put(orderId, hold.with(to));
        }
    }

    private synchronized Answer books(String path, JsonNode body) {
        List<UUID> asked = new ArrayList<>();
        body.path("ids").forEach(id -> asked.add(UUID.fromString(id.asText())));
        String after = body.path("after").asText("");
        // Their text is in the order of their bytes.
        Comparator<UUID> byBytes = Comparator.comparing(UUID::toString);
        return switch (path) {
            case "/reconciliation/orders" ->
                money(holds.keySet().stream()
                        .filter(id -> id.toString().compareTo(after) > 0)
                        .sorted(byBytes)
                        .limit(body.path("limit").asInt())
                        .toList());
            case "/reconciliation/orders/by-id" ->
                money(asked.stream().filter(holds::containsKey).sorted(byBytes).toList());
            case "/reconciliation/orders/recent" ->
                new Answer(
                        200,
                        JSON.createObjectNode()
                                .set("order_ids", JSON.valueToTree(overdue))
                                .toString());
            case "/reconciliation/accounts" -> accounts(List.copyOf(differing), List.copyOf(unverified));
            case "/reconciliation/accounts/by-id" ->
                accounts(
                        asked.stream().filter(differing::contains).toList(),
                        asked.stream().filter(unverified::contains).toList());
            default -> problem(404, "not_found");
        };
    }

    private Answer money(List<UUID> ids) {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode orders = answer.putArray("orders");
        for (UUID id : ids) {
            Hold hold = holds.get(id);
            boolean captured = hold.status() == HoldStatus.CAPTURED || hold.status() == HoldStatus.REFUNDED;
            ObjectNode order = orders.addObject().put("order_id", id.toString());
            order.putObject("hold")
                    .put("user_id", hold.userId().toString())
                    .put("amount", hold.amount())
                    .put("status", captured ? "CAPTURED" : hold.status().name())
                    .put("expires_at", "2026-01-31T12:00:00Z")
                    .put("overdue", overdue.contains(id))
                    .put("of_a_newer_version", true);
            if (captured) {
                moved(order.putObject("captured"), hold);
            }
            if (hold.status() == HoldStatus.REFUNDED) {
                moved(order.putObject("refunded"), hold);
            }
        }
        return new Answer(200, answer.toString());
    }

    private static void moved(ObjectNode moved, Hold hold) {
        moved.put("count", 1)
                .put("amount", hold.amount())
                .put("user_id", hold.userId().toString())
                .put("at", "2026-01-31T12:00:00Z")
                .put("age_millis", 86_400_000L);
    }

    private Answer accounts(List<UUID> different, List<UUID> unknown) {
        Set<UUID> all = new HashSet<>(different);
        all.addAll(unknown);
        ObjectNode answer = JSON.createObjectNode().put("checked", all.size());
        ArrayNode notYet = answer.putArray("unverified");
        unknown.forEach(user -> notYet.add(user.toString()));
        List<UUID> wrong =
                different.stream().filter(user -> !unknown.contains(user)).toList();
        ArrayNode accounts = answer.putArray("differing");
        wrong.forEach(user -> accounts.addObject()
                .put("user_id", user.toString())
                .put("balance", new BigDecimal("10.01"))
                .put("booked", new BigDecimal("10.00"))
                .put("held", new BigDecimal("3.00"))
                .put("reserved", new BigDecimal("3.00")));
        return new Answer(200, answer.toString());
    }

    private static Answer problem(int status, String code) {
        return new Answer(status, "{\"status\":" + status + ",\"code\":\"" + code + "\"}");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.json().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .add("Content-Type", answer.status() < 400 ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** As a service sends what is long, without saying how long. */
    private static void sendChunked(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), 0);
        exchange.getResponseBody().write(answer.json().getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private static void pause() {
        try {
            Thread.sleep(LATE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
