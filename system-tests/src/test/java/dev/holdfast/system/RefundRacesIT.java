package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Refunds of one order race with each other, with the same requests again and with a cancellation, at two replicas of each
 * service, some of which are killed in between. However they meet, no more is given back than was captured, each key has one
 * refund, and each refund is booked once.
 */
@SystemTest(replicas = 2)
class RefundRacesIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 24);
    private static final int AT_ONCE = 6;
    private static final int REQUESTS = 8;
    private static final int KILLS = Integer.getInteger("holdfast.kills", 2);
    private static final BigDecimal PRICE = new BigDecimal("4.00");
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(90);

    private final StackUnderTest stack;
    private final Shop shop;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message; for more races: -Dholdfast.races=…. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    /** A request: what was said and what was answered. */
    private record Asked(String key, String body, Answer answer) {}

    private record Race(int number, UUID user, UUID order, List<Asked> asked) {}

    RefundRacesIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @Test
    void giveBackNoMoreThanWasCapturedAndEachKeyHasOneRefund() throws Exception {
        List<Future<Race>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < RACES; i++) {
                int number = i;
                running.add(threads.submit(() -> race(number)));
            }
            killSome();
        }
        stack.quiescence().await(QUIET_TIMEOUT);

        int refunds = 0;
        for (Future<Race> race : running) {
            refunds += check(race.get());
        }
        System.out.printf("Seed %d: %d refunds in %d races%n", seed, refunds, RACES);
    }

    /** One after another, so that the other replica serves. */
    private void killSome() throws Exception {
        Random random = new Random(seed);
        List<LocalService> services = new ArrayList<>(stack.paymentsReplicas());
        services.addAll(stack.ordersReplicas());
        for (int i = 0; i < KILLS; i++) {
            LocalService service = services.get(random.nextInt(services.size()));
            Thread.sleep(500 + random.nextInt(1_500));
            service.kill();
            service.start();
        }
    }

    private Race race(int number) {
        Random random = new Random(seed + number);
        UUID user = shop.openAccount("4.00");
        UUID order = UUID.fromString(clear(() -> shop.placeOrder(user, "4.00", "Idempotency-Key", "race-" + number))
                .expect(201)
                .text("id"));
        shop.awaitStatus(user, order, "FINISHED");
        List<String[]> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            String body = random.nextInt(5) == 0 ? "{}" : "{\"amount\":" + (1 + random.nextInt(3)) + "}";
            requests.add(new String[] {"key-" + random.nextInt(5), body});
        }
        List<Answer> answers = Shop.inParallel(
                REQUESTS + 1,
                i -> i == REQUESTS ? clear(() -> shop.cancelOrder(user, order)) : refund(user, order, requests.get(i)));
        answers.get(REQUESTS).expectProblem(409, "order_finished");
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            String[] request = requests.get(i);
            asked.add(new Asked(request[0], request[1], answers.get(i)));
            asked.add(new Asked(request[0], request[1], refund(user, order, request)));
        }
        return new Race(number, user, order, asked);
    }

    private Answer refund(UUID user, UUID order, String[] keyAndBody) {
        return clear(() -> shop.refundOrder(user, order, keyAndBody[1], "Idempotency-Key", keyAndBody[0]));
    }

    /** As any client does, who was told nothing, or to come again. */
    private static Answer clear(Supplier<Answer> request) {
        Answer answer = request.get();
        while (answer.status() >= 502) {
            answer = request.get();
        }
        return answer;
    }

    private int check(Race race) throws Exception {
        String name = "race %d of seed %d, order %s".formatted(race.number, seed, race.order);
        Map<String, String> ids = new TreeMap<>();
        Map<String, BigDecimal> amounts = new TreeMap<>();
        for (Asked asked : race.asked) {
            if (asked.answer.status() == 201) {
                String id = asked.answer.text("id");
                assertThat(ids.getOrDefault(asked.key, id)).as(name).isEqualTo(id);
                ids.put(asked.key, id);
                amounts.put(id, asked.answer.amount("amount"));
            } else {
                assertThat(asked.answer.status())
                        .as("%s: %s", name, asked.answer)
                        .isEqualTo(422);
                assertThat(asked.answer.text("code"))
                        .as(name)
                        .isIn("refund_exceeds_captured", "idempotency_key_reused");
            }
        }
        BigDecimal sum = amounts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sum).as(name).isGreaterThan(BigDecimal.ZERO).isLessThanOrEqualTo(PRICE);
        assertThat(shop.order(race.user, race.order).expect(200).amount("refunded"))
                .as(name)
                .isEqualByComparingTo(sum);
        List<String> booked = stack.paymentsDatabase()
                .texts("select refund_id from transfer where order_id = ? and kind = 'REFUND'", race.order);
        assertThat(booked).as(name).containsExactlyInAnyOrderElementsOf(amounts.keySet());
        assertThat(shop.account(race.user).expect(200).amount("balance"))
                .as(name)
                .isEqualByComparingTo(sum);
        return amounts.size();
    }
}
