package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class HoldBatchIT {
    /** Half of the turn at a locked account, which is what others would wait for. */
    private static final Duration BUSY_MACHINE = Duration.ofMillis(450);

    private record Request(UUID order, UUID user, String amount) {}

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void takesWhatTheAccountsCoverAndLeavesTheRest() {
        UUID ten = bank.account("10");
        UUID five = bank.account("5");
        Request first = request(ten, "4.01");
        Request second = request(ten, "5.99");
        Request tooMuch = request(ten, "0.01");
        Request all = request(five, "5");
        Request nobodys = request(UUID.randomUUID(), "1");
        assertThat(held(first, nobodys, second, all, tooMuch))
                .containsExactlyInAnyOrder(first.order, second.order, all.order);
        bank.assertMoney(ten, "10.00", "10.00");
        bank.assertMoney(five, "5.00", "5.00");
        assertThat(bank.holdStatus(tooMuch.order)).isEqualTo("none");
        assertThat(bank.hold(ten, tooMuch.order, "0.01").statusCode()).isEqualTo(402);
    }

    @Test
    void countsWhatIsHeldAlready() {
        UUID user = bank.account("10");
        bank.held(user, "9");
        Request tooMuch = request(user, "1.01");
        assertThat(held(tooMuch)).isEmpty();
        assertThat(held(request(UUID.randomUUID(), "1"))).isEmpty();
        Request fits = request(user, "1");
        assertThat(held(fits)).containsExactly(fits.order);
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void takesNothingTwice() {
        UUID user = bank.account("10");
        Request taken = request(user, "3");
        assertThat(held(taken)).containsExactly(taken.order);
        assertThat(held(taken)).containsExactly(taken.order);
        Request other = request(user, "3");
        assertThat(held(taken, other)).containsExactlyInAnyOrder(taken.order, other.order);
        Request twice = request(user, "2");
        Response refused = post(List.of(twice, twice));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.jsonPath().getList("errors.field", String.class)).containsExactly("holds");
        assertThat(bank.hold(user, taken.order, "3").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "10.00", "6.00");
    }

    @Test
    void saysOfEachOrderWhyItWasNotTakenAsTheCallForASingleOneDoes() {
        UUID user = bank.account("10");
        UUID other = bank.account("10");
        Request captured = new Request(bank.held(user, "1"), user, "1");
        captures.on(List.of(OrderSide.request(user, captured.order, "1")));
        Request released = new Request(bank.held(user, "1"), user, "1");
        bank.release(user, released.order).then().statusCode(200);
        Request otherAmount = new Request(bank.held(user, "1"), user, "2");
        Request otherUser = new Request(bank.held(user, "1"), other, "1");
        Request fits = request(user, "5");
        Request tooMuch = request(user, "2.01");
        Request nobodys = request(UUID.randomUUID(), "1");
        Map<UUID, String> expected = Map.of(
                captured.order, "hold_captured",
                released.order, "hold_released",
                otherAmount.order, "hold_conflict",
                otherUser.order, "hold_conflict",
                tooMuch.order, "insufficient_funds",
                nobodys.order, "account_not_found");
        List<Request> all = List.of(captured, released, otherAmount, otherUser, fits, tooMuch, nobodys);
        Response answer = post(all, true);
        assertThat(answer.jsonPath().getList("taken", UUID.class)).containsExactly(fits.order);
        assertThat(outcomes(answer)).isEqualTo(expected);
        for (Request request : all) {
            assertThat(outcomes(post(List.of(request), true)))
                    .as("alone")
                    .isEqualTo(request == fits ? Map.of() : Map.of(request.order, expected.get(request.order)));
            Response single = bank.hold(request.user, request.order, request.amount);
            assertThat(single.jsonPath().getString("code")).isEqualTo(expected.get(request.order));
        }
        bank.assertMoney(user, "9.00", "7.00");
    }

    @Test
    void takesWhatFitsAlsoBehindWhatDoesNot() {
        UUID user = bank.account("10");
        Request small = request(user, "4");
        Request tooLarge = request(user, "11");
        Request fits = request(user, "6");
        Response answer = post(List.of(small, tooLarge, fits), true);
        assertThat(answer.jsonPath().getList("taken", UUID.class)).containsExactlyInAnyOrder(small.order, fits.order);
        assertThat(outcomes(answer)).isEqualTo(Map.of(tooLarge.order, "insufficient_funds"));
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void usesTheRoomOfExpiredHoldsAndTakesThemAnew() {
        UUID user = bank.account("10");
        UUID first = bank.held(user, "10");
        Request second = request(user, "10");
        bank.expire(first);
        assertThat(patiently(second.order, List.of(second)).jsonPath().getList("taken", UUID.class))
                .containsExactly(second.order);
        assertThat(bank.holdStatus(first)).isEqualTo("EXPIRED");
        bank.expire(second.order);
        Request poor = request(bank.account("1"), "2");
        Response answer = patiently(first, List.of(new Request(first, user, "10"), poor));
        assertThat(answer.jsonPath().getList("taken", UUID.class)).containsExactly(first);
        assertThat(outcomes(answer)).isEqualTo(Map.of(poor.order, "insufficient_funds"));
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void oneOfTwoUsersGetsAnOrderThatBothAskFor() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<UUID> users = List.of(bank.account("10"), bank.account("10"));
            UUID order = UUID.randomUUID();
            List<Map<UUID, String>> outcomes = Parallel.run(16, i -> {
                Request contested = new Request(order, users.get(i % 2), "1");
                Request other = request(users.get(i % 2), "0.01");
                return outcomes(patiently(order, i % 4 < 2 ? List.of(contested) : List.of(contested, other)));
            });
            assertThat(outcomes.stream().filter(notTaken -> !notTaken.containsKey(order)))
                    .hasSize(8);
            assertThat(outcomes.stream().filter(notTaken -> "hold_conflict".equals(notTaken.get(order))))
                    .hasSize(8);
        }
    }

    /** Sent again while the account is busy, as order-service does: somebody else asks, or the sweeper has it. */
    private Response patiently(UUID order, List<Request> requests) {
        Response answer = post(requests, true);
        while ("account_busy".equals(outcomes(answer).get(order))) {
            answer = post(requests, true);
        }
        return answer;
    }

    @Test
    void namesNoOutcomesToCallersWhoDidNotAskForThem() {
        // Those of before refuse fields that they do not know.
        Response answer = post(List.of(request(UUID.randomUUID(), "1")));
        assertThat(answer.asString()).isEqualTo("{\"taken\":[]}");
    }

    @Test
    void putsAsideAnAccountThatIsLockedAndTakesTheOthersAtOnce() throws Exception {
        UUID locked = bank.account("100");
        UUID free = bank.account("100");
        Map<UUID, String> busy = new HashMap<>();
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Request stuck = request(locked, "1");
            busy.put(stuck.order, "account_busy");
            requests.add(stuck);
        }
        Request other = request(free, "1");
        requests.add(other);
        try (AutoCloseable somebody = bank.lock(List.of(locked))) {
            // A slow machine needs some attempts; one that waits for the lock takes 100 ms each time.
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                Instant start = Instant.now();
                Response answer = post(requests, true);
                assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(100));
                assertThat(answer.jsonPath().getList("taken", UUID.class)).containsExactly(other.order);
                assertThat(outcomes(answer)).isEqualTo(busy);
            });
            bank.assertMoney(free, "100.00", "1.00");
        }
        assertThat(held(requests)).hasSize(25);
    }

    @Test
    void twentyFourOrdersOfALockedAccountAtOnceDelayNoOtherUser() throws Exception {
        UUID locked = bank.account("100");
        UUID free = bank.account("100");
        List<Duration> undisturbed = Parallel.run(16, i -> timedHold(free));
        CountDownLatch underWay = new CountDownLatch(1);
        try (AutoCloseable somebody = bank.lock(List.of(locked))) {
            List<Duration> waits = Parallel.run(40, i -> {
                if (i < 24) {
                    underWay.countDown();
                    // By either call.
                    Request request = request(locked, "1");
                    int status = i % 2 == 0
                            ? bank.hold(locked, request.order, "1").statusCode()
                            : outcomes(post(List.of(request), true)).equals(Map.of(request.order, "account_busy"))
                                    ? 503
                                    : 200;
                    assertThat(status).isEqualTo(503);
                    return Duration.ZERO;
                }
                await(underWay);
                return timedHold(free);
            });
            List<Duration> ofOthers =
                    waits.stream().filter(Duration::isPositive).toList();
            assertThat(ofOthers).hasSize(16);
            assertThat(slowestButOne(ofOthers))
                    .isLessThan(Collections.max(undisturbed).plus(BUSY_MACHINE));
        }
        bank.assertMoney(free, "100.00", "32.00");
        bank.assertMoney(locked, "100.00", "0.00");
    }

    @Test
    void requestsOfManyLockedAccountsDelayNoOtherUser() throws Exception {
        UUID free = bank.account("100000");
        List<UUID> locked =
                IntStream.range(0, 8).mapToObj(i -> bank.account("100")).toList();
        List<Duration> undisturbed = Parallel.run(8, i -> timedHold(free));
        List<Duration> ofOthers = new ArrayList<>();
        try (AutoCloseable somebody = bank.lock(locked);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> stuck = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                UUID user = locked.get(i % locked.size());
                stuck.add(clients.submit(
                        () -> bank.hold(user, UUID.randomUUID(), "1").statusCode()));
            }
            while (stuck.stream().anyMatch(each -> !each.isDone())) {
                ofOthers.add(timedHold(free));
            }
            for (Future<Integer> each : stuck) {
                assertThat(each.get()).isEqualTo(503);
            }
        }
        assertThat(ofOthers).hasSizeGreaterThan(5);
        assertThat(slowestButOne(ofOthers))
                .isLessThan(Collections.max(undisturbed).plus(BUSY_MACHINE));
    }

    /** One of them may be slow for reasons of the machine. */
    private static Duration slowestButOne(List<Duration> taken) {
        return taken.stream().sorted().toList().get(taken.size() - 2);
    }

    @Test
    void copiesOfOneOrderNeverTakeEachOthersMoneyForMissing() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID user = bank.account("10");
            Request request = request(user, "7");
            Parallel.run(16, i -> outcomes(post(List.of(request), true)))
                    .forEach(notTaken -> assertThat(notTaken.values()).doesNotContain("insufficient_funds"));
            bank.assertMoney(user, "10.00", "7.00");
        }
    }

    /** Until the money is held. */
    private Duration timedHold(UUID user) {
        Instant start = Instant.now();
        Request request = request(user, "1");
        assertThat(outcomes(patiently(request.order, List.of(request)))).isEmpty();
        return Duration.between(start, Instant.now());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void neverTakesContentionForMissingMoney() throws Exception {
        UUID user = bank.account("20");
        // At most 20 threads hold 1 at a time: there is money for each of them always.
        List<String> outcomes = Parallel.run(20, i -> {
            for (int times = 0; times < 20; times++) {
                Request request = request(user, "1");
                Response answer = post(
                        times % 2 == 0 ? List.of(request) : List.of(request, request(UUID.randomUUID(), "1")), true);
                String outcome = outcomes(answer).getOrDefault(request.order, "held");
                if (outcome.equals("insufficient_funds")) {
                    return outcome;
                }
                if (outcome.equals("held")) {
                    bank.release(user, request.order).then().statusCode(200);
                }
            }
            return "held";
        });
        assertThat(outcomes).containsOnly("held");
    }

    @Test
    void doesNotWaitForAnAccountThatStaysLocked() throws Exception {
        UUID locked = bank.account("10");
        List<Request> requests = List.of(request(locked, "1"), request(bank.account("0"), "1"));
        try (AutoCloseable somebody = bank.lock(List.of(locked))) {
            assertThat(timed(() -> held(requests))).isLessThan(Duration.ofMillis(500));
            assertThat(timed(() -> held(requests.getFirst()))).isLessThan(Duration.ofMillis(500));
        }
        assertThat(held(requests)).hasSize(1);
    }

    @Test
    void manyAtOnceOnTheSameAccountsTakeExactlyWhatIsThere() throws Exception {
        List<UUID> users = List.of(bank.account("100"), bank.account("100"), bank.account("100"));
        List<List<UUID>> taken = Parallel.run(40, i -> {
            List<Request> requests = IntStream.range(0, 12)
                    .mapToObj(each -> request(users.get(each % 3), "1"))
                    .collect(Collectors.toCollection(ArrayList::new));
            if (i % 2 == 0) {
                Collections.reverse(requests);
            }
            return held(requests);
        });
        // Of each user all 4 or, where the account was busy, none.
        assertThat(taken).allSatisfy(batch -> assertThat(batch.size() % 4).isZero());
        while (held(users.stream().map(user -> request(user, "1")).toList()).size() > 0) {}
        users.forEach(user -> bank.assertMoney(user, "100.00", "100.00"));
    }

    @Test
    void namesEachWrongField() {
        Response answer = bank.post("/internal/holds", "{\"holds\": [{\"order_id\": \"7\"}]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        answer = bank.post(
                "/internal/holds", "{\"holds\": [{\"order_id\": \"" + UUID.randomUUID() + "\", \"amount\": 0.001}]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.jsonPath().getList("errors.field", String.class))
                .containsExactlyInAnyOrder("holds[0].user_id", "holds[0].amount");
        assertThat(bank.post("/internal/holds", "{\"holds\": []}").statusCode()).isEqualTo(400);
        assertThat(post(Collections.nCopies(257, request(UUID.randomUUID(), "1")))
                        .statusCode())
                .isEqualTo(400);
    }

    /** How long it takes, when nothing is held by it. */
    private static Duration timed(Supplier<List<UUID>> holds) {
        long start = System.nanoTime();
        assertThat(holds.get()).isEmpty();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Request request(UUID user, String amount) {
        return new Request(UUID.randomUUID(), user, amount);
    }

    private List<UUID> held(Request... requests) {
        return held(List.of(requests));
    }

    private List<UUID> held(List<Request> requests) {
        Response answer = post(requests);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.jsonPath().getList("taken", UUID.class);
    }

    private static Map<UUID, String> outcomes(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        Map<UUID, String> outcomes = new HashMap<>();
        answer.jsonPath()
                .getMap("not_taken", String.class, String.class)
                .forEach((order, outcome) -> outcomes.put(UUID.fromString(order), outcome));
        return outcomes;
    }

    private Response post(List<Request> requests) {
        return post(requests, false);
    }

    private Response post(List<Request> requests, boolean outcomes) {
        return bank.post(
                outcomes ? "/internal/holds?outcomes=true" : "/internal/holds",
                requests.stream()
                        .map(request -> "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": %s}"
                                .formatted(request.order, request.user, request.amount))
                        .collect(Collectors.joining(",", "{\"holds\": [", "]}")));
    }

    @Test
    void takesHoldsThatLastAsLongAsIsAskedFor() {
        UUID user = bank.account("100");
        UUID order = UUID.randomUUID();
        String holds =
                "{\"holds\": [{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 1}], \"expires_in_seconds\": %s}";
        bank.post("/internal/holds", holds.formatted(order, user, "604800"))
                .then()
                .statusCode(200);
        bank.post("/internal/holds", holds.formatted(order, user, "60")).then().statusCode(200);
        assertThat(bank.post("/internal/reconciliation/orders/by-id", "{\"ids\": [\"" + order + "\"]}")
                        .jsonPath()
                        .getString("orders[0].hold.expires_at"))
                .satisfies(expiresAt -> assertThat(Instant.parse(expiresAt))
                        .isBetween(
                                Instant.now().plus(Duration.ofDays(7)).minusSeconds(60),
                                Instant.now().plus(Duration.ofDays(7))));
        for (String wrong : new String[] {"0", "-1", "691201", "1.5", "\"60\""}) {
            bank.post("/internal/holds", holds.formatted(UUID.randomUUID(), user, wrong))
                    .then()
                    .statusCode(400);
        }
    }
}
