package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import java.io.UncheckedIOException;
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
 * Everything that can happen to an order races with everything else, and with the same requests again: its placement, cancellations,
 * captures of all or a part, refunds, the end of its hold, a withdrawal that takes the money it would be taken anew from; at two
 * replicas of each service, some of which are killed in between. However they meet, refunded ≤ captured ≤ held, each request has
 * one outcome, and there are two ends, on which all answers agree.
 */
@SystemTest(replicas = 2)
class OrderRacesIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 80);
    private static final int KILLS = Integer.getInteger("holdfast.kills", 2);
    private static final int AT_ONCE = 6;
    private static final int LATER_MILLIS_MAX = 60;
    private static final int REFUNDS = 4;
    private static final int KEYS = 3;
    private static final BigDecimal PRICE = new BigDecimal("4.00");
    private static final BigDecimal BALANCE = new BigDecimal("6.00");
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration CLEAR_TIMEOUT = Duration.ofSeconds(90);

    private final StackUnderTest stack;
    private final Shop shop;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message; for more races: -Dholdfast.races=…. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    private enum Act {
        PLACE_AGAIN,
        CANCEL,
        CAPTURE,
        REFUND,
        WITHDRAW,
        EXPIRE
    }

    /**
     * A request of a race.
     *
     * @param key of a refund or a withdrawal, else empty
     * @param delayMillis how much later than the others it is sent
     */
    private record Step(Act act, String key, String body, int delayMillis) {}

    /** @param answer null of what is no request */
    private record Done(Step step, Answer answer) {}

    private record Race(int number, UUID user, UUID order, Answer placed, List<Done> done) {
        List<Answer> answers(Act act, int status) {
            return done.stream()
                    .filter(each -> each.step.act == act && each.answer.status() == status)
                    .map(Done::answer)
                    .toList();
        }
    }

    OrderRacesIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    @Test
    void haveTwoEndsAndOneOutcomeForEachRequest() throws Exception {
        List<Future<Race>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < RACES; i++) {
                int number = i;
                running.add(threads.submit(() -> race(number)));
            }
            killSome(running);
        }
        stack.quiescence().await(QUIET_TIMEOUT);

        Map<String, Integer> outcomes = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Future<Race> each : running) {
            Race race = each.get();
            try {
                outcomes.merge(check(race), 1, Integer::sum);
            } catch (AssertionError violated) {
                wrong.add(violated.getMessage() + "\n" + race.done);
            }
        }
        System.out.printf("Seed %d, %d kills: %s%n", seed, KILLS, outcomes);
        assertThat(wrong).as("violations in %d races of seed %d", RACES, seed).isEmpty();
    }

    /** One after another, so that the other replica serves; spread over the time that the races take. */
    private void killSome(List<Future<Race>> races) throws Exception {
        Random random = new Random(seed);
        List<LocalService> services = new ArrayList<>(stack.paymentsReplicas());
        services.addAll(stack.ordersReplicas());
        for (int kill = 0; kill < KILLS; kill++) {
            Future<Race> awaited = races.get((int) ((long) RACES * (kill + 1) / (KILLS + 1)));
            awaited.get();
            Thread.sleep(random.nextInt(200));
            LocalService service = services.get(random.nextInt(services.size()));
            service.kill();
            service.start();
        }
    }

    private Race race(int number) {
        Random random = new Random(seed + number);
        UUID user = openAccount();
        boolean manual = random.nextInt(5) > 0;
        String order =
                "{\"amount\":4.00,\"description\":\"a book\"%s}".formatted(manual ? ",\"capture\":\"manual\"" : "");
        Supplier<Answer> place = () -> shop.post("/orders?user_id=" + user, order, "Idempotency-Key", "race");
        Answer placed = clear(place).expect(201);
        UUID id = placed.id();
        List<Step> steps = steps(random);
        List<Future<Done>> requests = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Step step : steps) {
                requests.add(threads.submit(() -> {
                    Thread.sleep(step.delayMillis);
                    return new Done(step, request(step, user, id, place));
                }));
            }
        }
        List<Done> done = new ArrayList<>();
        requests.forEach(request -> done.add(request.resultNow()));
        // Whatever is still open ends now, and what was asked for with a key is asked for again.
        if (clear(() -> shop.order(user, id)).text("status").equals("AUTHORIZED")) {
            Step cancel = new Step(Act.CANCEL, "", "{}", 0);
            done.add(new Done(cancel, request(cancel, user, id, place)));
        }
        for (Done each : List.copyOf(done)) {
            if (!each.step.key.isEmpty() && each.answer.status() < 300) {
                done.add(new Done(each.step, request(each.step, user, id, place)));
            }
        }
        return new Race(number, user, id, placed, done);
    }

    private UUID openAccount() {
        UUID user = UUID.randomUUID();
        // 409 where the answer to the first one was lost.
        assertThat(clear(() -> shop.post("/accounts/" + user, "")).status()).isIn(201, 409);
        clear(() -> shop.deposit(user, BALANCE.toPlainString(), "Idempotency-Key", "balance"))
                .expect(200);
        return user;
    }

    private static List<Step> steps(Random random) {
        List<Step> steps = new ArrayList<>();
        int cancellations = random.nextInt(3);
        for (int i = 0; i < cancellations; i++) {
            steps.add(new Step(Act.CANCEL, "", "{\"reason\":\"ordered twice\"}", later(random)));
        }
        int captures = random.nextInt(3);
        for (int i = 0; i < captures; i++) {
            String body = random.nextBoolean() ? "{}" : "{\"amount\":" + (1 + random.nextInt(5)) + "}";
            steps.add(new Step(Act.CAPTURE, "", body, later(random)));
        }
        for (int i = 0; i < REFUNDS; i++) {
            String body = random.nextInt(4) == 0 ? "{}" : "{\"amount\":" + (1 + random.nextInt(3)) + "}";
            steps.add(new Step(Act.REFUND, "refund-" + random.nextInt(KEYS), body, 2 * later(random)));
        }
        steps.add(new Step(Act.PLACE_AGAIN, "", "", later(random)));
        if (random.nextInt(3) == 0) {
            steps.add(new Step(Act.EXPIRE, "", "", later(random)));
        }
        if (random.nextInt(3) == 0) {
            steps.add(new Step(Act.WITHDRAW, "withdrawal", "{\"amount\":3.00}", later(random)));
        }
        return steps;
    }

    private static int later(Random random) {
        return random.nextInt(LATER_MILLIS_MAX);
    }

    private Answer request(Step step, UUID user, UUID order, Supplier<Answer> place) {
        String path = "/orders/" + order + "/%s?user_id=" + user;
        return switch (step.act) {
            case PLACE_AGAIN -> clear(place);
            case CANCEL -> clear(() -> shop.post(path.formatted("cancel"), step.body));
            case CAPTURE -> clear(() -> shop.post(path.formatted("capture"), step.body));
            case REFUND -> clear(() -> shop.post(path.formatted("refunds"), step.body, "Idempotency-Key", step.key));
            case WITHDRAW ->
                clear(() -> shop.post("/accounts/" + user + "/withdraw", step.body, "Idempotency-Key", step.key));
            case EXPIRE -> {
                expire(order);
                yield clear(() -> shop.order(user, order));
            }
        };
    }

    private void expire(UUID order) {
        try {
            stack.paymentsDatabase()
                    .update(
                            "update hold set expires_at = now() - interval '1 second' where order_id = ? and status = 'HELD'",
                            order);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As any client does, who was told nothing, or to come again. */
    private static Answer clear(Supplier<Answer> request) {
        long deadline = System.nanoTime() + CLEAR_TIMEOUT.toNanos();
        while (true) {
            try {
                Answer answer = request.get();
                if (answer.status() < 500) {
                    return answer;
                }
                assertThat(answer.status()).as("%s", answer).isGreaterThanOrEqualTo(502);
                assertThat(System.nanoTime()).as("%s", answer).isLessThan(deadline);
            } catch (UncheckedIOException noAnswer) {
                assertThat(System.nanoTime()).as("%s", noAnswer).isLessThan(deadline);
            }
        }
    }

    private String check(Race race) throws Exception {
        String name = "race %d of seed %d, order %s".formatted(race.number, seed, race.order);
        Answer order = shop.order(race.user, race.order).expect(200);
        boolean paid = order.text("status").equals("FINISHED");
        assertThat(order.text("status")).as(name).isIn("FINISHED", "CANCELLED");
        for (Done done : race.done) {
            assertThat(done.answer.status())
                    .as("%s: %s", name, done.answer)
                    .isIn(
                            switch (done.step.act) {
                                case PLACE_AGAIN -> List.of(201);
                                case EXPIRE -> List.of(200);
                                case CANCEL -> List.of(paid ? 409 : 200);
                                case CAPTURE -> List.of(202, 409, 422);
                                case REFUND -> List.of(201, 409, 422);
                                case WITHDRAW -> List.of(200, 402);
                            });
        }
        assertThat(race.answers(Act.PLACE_AGAIN, 201))
                .as(name)
                .allSatisfy(again -> assertThat(again.id()).isEqualTo(race.order));
        // Which of several captures was the one, the order says; no second one was taken.
        assertThat(race.answers(Act.CAPTURE, 202)).as(name).hasSizeLessThanOrEqualTo(1);

        BigDecimal captured = sum(race.order, "CAPTURE");
        BigDecimal refunded = refunds(name, race, paid);
        assertThat(captured).as(name).isLessThanOrEqualTo(PRICE);
        assertThat(order.amount("captured")).as(name).isEqualByComparingTo(captured);
        assertThat(captured.signum() > 0).as(name).isEqualTo(paid);
        for (Answer capture : race.answers(Act.CAPTURE, 202)) {
            if (paid && capture.json().hasNonNull("capture_amount")) {
                assertThat(captured).as(name).isEqualByComparingTo(capture.amount("capture_amount"));
            }
        }
        BigDecimal withdrawn = new BigDecimal(race.answers(Act.WITHDRAW, 200).isEmpty() ? "0" : "3.00");
        Answer account = shop.account(race.user).expect(200);
        assertThat(account.amount("held")).as(name).isEqualByComparingTo("0");
        assertThat(account.amount("balance"))
                .as(name)
                .isEqualByComparingTo(BALANCE.subtract(captured).add(refunded).subtract(withdrawn));
        return order.text("status")
                + (order.text("reason").isEmpty() || paid ? "" : " " + order.text("reason"))
                + (captured.signum() > 0 && captured.compareTo(PRICE) < 0 ? " in part" : "")
                + (refunded.signum() > 0 ? ", refunded" : "");
    }

    /** What the refunds sum up to, each of which has one outcome. */
    private BigDecimal refunds(String name, Race race, boolean paid) throws Exception {
        Map<String, String> ids = new TreeMap<>();
        Map<String, BigDecimal> amounts = new TreeMap<>();
        for (Done done : race.done) {
            if (done.step.act == Act.REFUND && done.answer.status() == 201) {
                String id = done.answer.text("id");
                assertThat(ids.getOrDefault(done.step.key, id)).as(name).isEqualTo(id);
                ids.put(done.step.key, id);
                amounts.put(id, done.answer.amount("amount"));
            }
        }
        BigDecimal refunded = amounts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        if (!paid) {
            assertThat(refunded).as(name).isEqualByComparingTo("0");
        }
        assertThat(refunded).as(name).isEqualByComparingTo(sum(race.order, "REFUND"));
        assertThat(shop.order(race.user, race.order).expect(200).amount("refunded"))
                .as(name)
                .isEqualByComparingTo(refunded);
        assertThat(refunded).as(name).isLessThanOrEqualTo(sum(race.order, "CAPTURE"));
        return refunded;
    }

    private BigDecimal sum(UUID order, String kind) throws Exception {
        return new BigDecimal(stack.paymentsDatabase()
                .texts("select coalesce(sum(amount), 0) from transfer where order_id = ? and kind = ?", order, kind)
                .getFirst());
    }
}
