package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Cancellations race with the request for payment, a second one, the expiry of the hold and its sweep, at two replicas of each
 * service. However they meet, an order is cancelled and free, or finished and paid, and every answer says the same.
 */
@SystemTest(replicas = 2)
class CancellationRacesIT {
    private enum Outcome {
        CANCELLED,
        FINISHED
    }

    private static final int RACES = Integer.getInteger("holdfast.races", 60);
    private static final int AT_ONCE = 12;
    private static final int CANCELLATIONS_MAX = 3;
    /** How much later than the cancellations the request for payment may be sent: theirs is the longer way to payments. */
    private static final int LATER_MILLIS_MAX = 80;

    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(60);

    private final StackUnderTest stack;
    private final Shop shop;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message; for more races: -Dholdfast.races=…. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    private record Race(int number, UUID user, UUID order, List<Answer> answers) {}

    CancellationRacesIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @Test
    void haveOneOfTwoOutcomesAndEveryAnswerSaysWhich() throws Exception {
        List<Future<Race>> running = new ArrayList<>();
        try (Saga saga = new Saga(stack)) {
            // Each race sends the request itself: an order is mostly charged before anybody could cancel it.
            saga.keepBack(Topology.PAYMENT_REQUESTS);
            try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
                for (int i = 0; i < RACES; i++) {
                    int number = i;
                    running.add(threads.submit(() -> race(number, saga)));
                }
            } finally {
                saga.letThrough(Topology.PAYMENT_REQUESTS);
            }
        }
        stack.quiescence().await(QUIET_TIMEOUT);

        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (Future<Race> race : running) {
            outcomes.merge(check(race.get()), 1, Integer::sum);
        }
        System.out.printf("Seed %d: %s%n", seed, outcomes);
        assertThat(outcomes).as("seed %d", seed).containsOnlyKeys(Outcome.values());
    }

    private Race race(int number, Saga saga) throws Exception {
        Random random = new Random(seed + number);
        UUID user = shop.openAccount("4.00");
        UUID order = shop.placeOrder(user, "4.00").expect(201).id();
        PaymentEvent request = saga.requestOf(order);
        if (random.nextInt(4) == 0) {
            stack.paymentsDatabase()
                    .update(
                            "update hold set expires_at = now() - interval '1 second'"
                                    + " where order_id = ? and status = 'HELD'",
                            order);
        }
        boolean requestedAgain = random.nextInt(4) == 0;
        long later = random.nextInt(LATER_MILLIS_MAX);
        int cancellations = 1 + random.nextInt(CANCELLATIONS_MAX);
        List<Answer> answers;
        try (ExecutorService payment = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> requested = payment.submit(() -> {
                Thread.sleep(later);
                synchronized (saga) {
                    saga.publish(request);
                    if (requestedAgain) {
                        saga.publish(new PaymentRequested(
                                UUID.randomUUID(), order, user, new BigDecimal("4.00"), Instant.now()));
                    }
                }
                return null;
            });
            answers = new ArrayList<>(Shop.inParallel(cancellations, i -> cancel(user, order)));
            requested.get();
        }
        answers.add(cancel(user, order));
        return new Race(number, user, order, answers);
    }

    /** As any client does, who is told to come again. */
    private Answer cancel(UUID user, UUID order) {
        Answer answer = shop.cancelOrder(user, order);
        while (answer.status() == 503) {
            answer = shop.cancelOrder(user, order);
        }
        return answer;
    }

    private Outcome check(Race race) throws Exception {
        String name = "race %d of seed %d, order %s".formatted(race.number, seed, race.order);
        Outcome outcome =
                Outcome.valueOf(shop.order(race.user, race.order).expect(200).text("status"));
        boolean paid = outcome == Outcome.FINISHED;
        assertThat(race.answers)
                .as(name)
                .allSatisfy(
                        answer -> assertThat(answer.status()).as("%s", answer).isEqualTo(paid ? 409 : 200))
                .allSatisfy(answer -> assertThat(answer.text(paid ? "code" : "status"))
                        .isEqualTo(paid ? "order_finished" : "CANCELLED"));
        assertThat(stack.paymentsDatabase().texts("select status from hold where order_id = ?", race.order))
                .as(name)
                .containsExactly(paid ? "CAPTURED" : "RELEASED");
        assertThat(stack.paymentsDatabase().texts("select kind from transfer where order_id = ?", race.order))
                .as(name)
                .isEqualTo(paid ? List.of("CAPTURE") : List.of());
        Answer account = shop.account(race.user).expect(200);
        assertThat(account.amount("available")).as(name).isEqualByComparingTo(paid ? "0.00" : "4.00");
        assertThat(account.amount("held")).as(name).isEqualByComparingTo("0.00");
        if (!paid) {
            assertThat(race.answers.stream().map(Answer::body).distinct())
                    .as(name)
                    .hasSize(1);
            assertThat(race.answers.getFirst().text("reason")).as(name).isEqualTo("cancelled_by_request");
        }
        return outcome;
    }
}
