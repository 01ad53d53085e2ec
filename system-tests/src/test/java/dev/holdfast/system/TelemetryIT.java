package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.system.trace.Collector;
import dev.holdfast.system.trace.RecordedSpan;
import dev.holdfast.system.trace.TracePicture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is seen of a request: its trace, its log lines, its place in the metrics. All services record, and log JSON. */
@SystemTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TelemetryIT {
    /** The way of an order, each step the cause of the next one. */
    private static final List<String> WAY = List.of(
            "gateway: SERVER POST /orders",
            "gateway: CLIENT POST",
            "order: SERVER POST /orders",
            "order: INTERNAL place order",
            "order: PRODUCER create payment_requests",
            "order: PRODUCER publish payment_requests",
            "payment: CONSUMER process payment_requests",
            "payment: PRODUCER create payment_results",
            "payment: PRODUCER publish payment_results",
            "order: CONSUMER process payment_results");

    private static final List<String> HOLD = List.of(
            "order: INTERNAL place order",
            "order: CLIENT POST /internal/holds",
            "payment: SERVER POST /internal/holds");

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration EXPORTED = Duration.ofSeconds(20);

    private final StackUnderTest stack;
    private final Shop shop;
    private final Collector collector = new Collector();
    /** How long the logs are that come before this test. */
    private final Map<LocalService, Long> logged = new HashMap<>();

    TelemetryIT(StackUnderTest stack) throws IOException {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @BeforeAll
    void recordEverything() {
        stack.services().forEach(service -> logged.put(service, length(service.log())));
        all(service -> service.start(environment()));
    }

    @AfterAll
    void recordNothing() {
        all(LocalService::start);
        collector.close();
    }

    private void all(Consumer<LocalService> action) {
        stack.services().parallelStream().forEach(action);
    }

    @Test
    void anOrderIsOneTraceFromTheClientToItsEnd() throws IOException {
        String traceId = newTraceId();
        UUID user = shop.openAccount("50.00");
        UUID order = UUID.fromString(placeOrder(user, traceId).expect(201).text("id"));
        shop.awaitStatus(user, order, "FINISHED");
        await().atMost(EXPORTED)
                .until(() -> steps(traceId).keySet().containsAll(WAY)
                        && steps(traceId).keySet().containsAll(HOLD));

        Map<String, RecordedSpan> steps = steps(traceId);
        assertThat(collector.trace(traceId)).hasSize(WAY.size() + HOLD.size() - 1);
        assertCauses(steps, WAY);
        assertCauses(steps, HOLD);
        assertThat(steps.get(WAY.getFirst()).attributes())
                .containsEntry("http.route", "/orders")
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.response.status_code", "201");
        for (String step : List.of(WAY.get(3), WAY.get(4), WAY.get(6), WAY.get(7), WAY.get(9))) {
            assertThat(steps.get(step).attributes()).as(step).containsEntry("order_id", order.toString());
        }
        assertThat(steps.get("payment: CONSUMER process payment_requests").attributes())
                .containsEntry("messaging.system", "rabbitmq")
                .containsEntry("messaging.destination.name", "payment_requests")
                .containsEntry("messaging.operation.type", "process")
                .containsEntry("messaging.batch.message_count", "1");
        assertThat(steps.get("order: CONSUMER process payment_results").attributes())
                .containsEntry("holdfast.event.type", "payment_succeeded");
        Files.writeString(Path.of("target", "trace.svg"), TracePicture.of(collector.trace(traceId)));
    }

    @Test
    void ordersThatArePlacedTogetherHaveTheirOwnTracesWhichLinkToEachOther() throws Exception {
        UUID user = shop.openAccount("900.00");
        List<String> traceIds = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            traceIds.add(newTraceId());
        }
        for (Answer placed : Shop.inParallel(traceIds.size(), i -> placeOrder(user, traceIds.get(i)))) {
            shop.awaitStatus(user, UUID.fromString(placed.expect(201).text("id")), "FINISHED");
        }
        for (String traceId : traceIds) {
            await().atMost(EXPORTED).until(() -> steps(traceId).keySet().containsAll(WAY));
        }
        assertThat(traceIds.stream().flatMap(traceId -> collector.trace(traceId).stream()))
                .as("a batch of more than one")
                .anySatisfy(span -> assertThat(span.links()).isNotEmpty().isSubsetOf(traceIds));
    }

    @Test
    void logLinesAreJsonThatNamesTraceUserAndOrder() throws Exception {
        String traceId = newTraceId();
        UUID user = shop.openAccount("50.00");
        LocalService payments = stack.paymentsReplicas().getFirst();
        payments.stop();
        try {
            placeOrder(user, traceId).expect(503);
            // It logs failures at most once a second.
            await().atMost(EXPORTED).until(() -> {
                assertThat(shop.get("/accounts/" + user).status()).isGreaterThanOrEqualTo(500);
                return lines(stack.services().getFirst()).stream().anyMatch(line -> isAbout(user, line));
            });
        } finally {
            payments.start(environment());
        }
        assertThat(lines(stack.services().getFirst()))
                .filteredOn(line -> isAbout(user, line))
                .allSatisfy(line -> assertThat(line.path("trace_id").asText()).matches("[0-9a-f]{32}"));

        List<JsonNode> ofTheOrder = lines(stack.ordersReplicas().getFirst()).stream()
                .filter(line -> traceId.equals(line.path("trace_id").asText()))
                .toList();
        assertThat(ofTheOrder)
                .allMatch(line -> isAbout(user, line))
                .extracting(line -> line.path("message").asText())
                .anyMatch(message -> message.startsWith("1 orders could not be placed"))
                .anyMatch(message -> message.startsWith("Answered 503 payments_unavailable"));
        assertThat(ofTheOrder)
                .filteredOn(line -> line.path("message").asText().startsWith("1 orders"))
                .allSatisfy(line -> assertThat(line.path("message").asText())
                        .contains(line.path("order_id").asText("none")));
    }

    @Test
    void theGatewayTimesRequestsByOperation() throws Exception {
        UUID user = shop.openAccount("1.00");
        shop.get("/orders/" + UUID.randomUUID() + "?user_id=" + user).expect(404);
        shop.get("/orders/not/there").expect(404);
        List<String> timed = ServiceMetrics.of(stack.services().getFirst())
                .filter(line -> line.startsWith("http_server_requests_seconds_"))
                .toList();
        assertThat(timed)
                .anyMatch(line ->
                        line.startsWith("http_server_requests_seconds_bucket{method=\"POST\",outcome=\"SUCCESS\","
                                + "status=\"201\",uri=\"/accounts/{user_id}\",le=\"0.01\"}"))
                .anyMatch(line -> line.startsWith("http_server_requests_seconds_count{method=\"GET\","
                        + "outcome=\"CLIENT_ERROR\",status=\"404\",uri=\"/orders/{order_id}\"}"))
                .anyMatch(line -> line.startsWith("http_server_requests_seconds_count{method=\"UNKNOWN\","
                        + "outcome=\"CLIENT_ERROR\",status=\"404\",uri=\"UNKNOWN\"}"))
                .noneMatch(line -> line.contains(user.toString()));
    }

    @Test
    void theGatewayNamesEachOperationOfTheApi() throws Exception {
        List<String> operations = new ArrayList<>();
        shop.get("/openapi")
                .json()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> operations.add(method.toUpperCase(Locale.ROOT) + ' ' + path.getKey())));
        String settings = Files.readString(Path.of("../gateway-service/src/main/resources/application.properties"));
        List<String> named = settings.replaceAll("\\\\\\s+", "")
                .lines()
                .filter(line -> line.matches("holdfast\\.gateway\\.upstreams\\.\\w+\\.operations=.*"))
                .flatMap(line -> List.of(line.replaceFirst("[^=]*=", "").split(",")).stream())
                .toList();
        assertThat(named).containsExactlyInAnyOrderElementsOf(operations);
    }

    @Test
    void noServiceRegistersAMeterTwice() throws IOException {
        UUID user = shop.openAccount("50.00");
        UUID order = UUID.fromString(placeOrder(user, newTraceId()).expect(201).text("id"));
        shop.awaitStatus(user, order, "FINISHED");

        for (LocalService service : stack.services()) {
            assertThat(lines(service))
                    .as(service.name())
                    .noneMatch(line -> line.path("message").asText().contains("has been already registered"));
        }
    }

    @Test
    void everyServiceTellsItsMemoryAndItsCollectionsOfGarbage() throws Exception {
        for (LocalService service : stack.services()) {
            assertThat(ServiceMetrics.of(service))
                    .as(service.name())
                    .anyMatch(line -> line.matches("process_resident_memory_bytes [1-9].*"))
                    .anyMatch(line -> line.startsWith("process_gc_seconds_count{collector=\""));
        }
    }

    /** Not to be recorded, as far as the client knows. */
    private Answer placeOrder(UUID user, String traceId) {
        return shop.placeOrder(user, "5.00", "traceparent", "00-" + traceId + "-00f067aa0ba902b7-00");
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(collector.environment());
        environment.put("LOG_JSON", "true");
        return environment;
    }

    /** What it has logged since this test began: each line must be JSON but those of the last process, and of the JVM itself. */
    private List<JsonNode> lines(LocalService service) throws IOException {
        byte[] log = Files.readAllBytes(service.log());
        int before = logged.get(service).intValue();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : new String(log, before, log.length - before, StandardCharsets.UTF_8)
                .lines()
                .dropWhile(line -> !line.startsWith("{"))
                .filter(line -> !line.matches("\\[[0-9.]+s]\\[.*"))
                .toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAbout(UUID user, JsonNode line) {
        return user.toString().equals(line.path("user_id").asText());
    }

    private static String newTraceId() {
        byte[] id = new byte[16];
        ThreadLocalRandom.current().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private Map<String, RecordedSpan> steps(String traceId) {
        return collector.trace(traceId).stream()
                .collect(Collectors.toMap(RecordedSpan::step, Function.identity(), (first, again) -> first));
    }

    private static void assertCauses(Map<String, RecordedSpan> steps, List<String> way) {
        for (int i = 1; i < way.size(); i++) {
            assertThat(steps.get(way.get(i)).parentId())
                    .as("what caused %s", way.get(i))
                    .isEqualTo(steps.get(way.get(i - 1)).spanId());
        }
    }
}
