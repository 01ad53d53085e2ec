package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import dev.holdfast.order.OrderRequest;
import dev.holdfast.order.OrderServiceTesting;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the tests of placing orders share. */
abstract class PlacementTesting extends OrderServiceTesting {
    @Inject
    OrderIds ids;

    static final String KETTLE = "{\"amount\":19.9,\"description\":\"A kettle ☕\"}";

    UUID first(OrderRequest request) {
        return ids.id(request, 1);
    }

    Stream<UUID> candidates(OrderRequest request) {
        return IntStream.rangeClosed(1, OrderIds.ATTEMPTS_MAX).mapToObj(attempt -> ids.id(request, attempt));
    }

    /** What earlier tests have left calls payments too. */
    void nothingIsLeftToGiveBack() {
        await().until(() -> "0".equals(query("select count(*) from compensation where done_at is null")));
    }

    List<Integer> statuses(int requests, IntFunction<Response> request) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(requests)) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                int number = i;
                running.add(clients.submit(() -> request.apply(number).statusCode()));
            }
            for (Future<Integer> each : running) {
                statuses.add(each.get());
            }
        }
        return statuses;
    }

    static void assertUnavailable(Response response) {
        response.then()
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", matchesPattern("[1-9]\\d*"))
                .body("code", equalTo("payments_unavailable"))
                .body("trace_id", matchesPattern("[0-9a-f]{32}"));
    }

    void assertNothingIsReserved(UUID user, HoldStatus status) {
        assertThat(payments.holdsOf(user)).isNotEmpty().extracting(Hold::status).containsOnly(status);
        assertThat(payments.available(user)).isEqualByComparingTo("100");
        assertThat(query("select count(*) from orders where user_id = ?", user)).isEqualTo("0");
    }
}
