package dev.holdfast.payment.account;

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
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One account, at once withdrawn from, deposited to, held of, captured from and released, mostly for too little money. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class WithdrawalRacesIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 60);
    private static final int PLENTY = 1_000;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    /** A deposit or a withdrawal, and how its requests were answered. */
    private record Keyed(boolean withdrawal, String key, int amount, Queue<Response> answers) {
        void send(Bank bank, UUID user) {
            String text = String.valueOf(amount);
            Supplier<Response> request =
                    () -> withdrawal ? bank.withdraw(user, text, key) : bank.deposit(user, text, key);
            answers.add(Bank.patiently(request));
        }

        boolean done() {
            return answers.stream().anyMatch(answer -> answer.statusCode() == 200);
        }

        int change() {
            return done() ? withdrawal ? -amount : amount : 0;
        }
    }

    @Test
    void neitherOverdrawNorLoseNorDoubleWhatTheyAnswer() throws Exception {
        for (int race = 0; race < RACES; race++) {
            race(new Random(seed + race), "race " + race + " of seed " + seed);
        }
        bank.assertBooksBalance();
    }

    private void race(Random random, String name) throws Exception {
        boolean plenty = random.nextInt(4) == 0;
        int balance = plenty ? PLENTY : 1 + random.nextInt(12);
        UUID user = bank.account(String.valueOf(balance));
        List<Keyed> keyed = new ArrayList<>();
        List<Runnable> acts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Keyed each = new Keyed(i < 6, "key-" + i, 1 + random.nextInt(4), new ConcurrentLinkedQueue<>());
            keyed.add(each);
            acts.addAll(Collections.nCopies(1 + random.nextInt(3), () -> each.send(bank, user)));
        }
        Map<UUID, Integer> orders = new ConcurrentHashMap<>();
        for (int i = 0; i < 6; i++) {
            UUID order = UUID.randomUUID();
            orders.put(order, 1 + random.nextInt(4));
            int fate = random.nextInt(4);
            acts.add(() -> live(user, order, orders.get(order), fate));
        }
        Collections.shuffle(acts, random);

        Parallel.run(acts.size(), i -> {
            acts.get(i).run();
            return i;
        });
        for (Keyed each : keyed) {
            // Whoever met another with the same key still running asks once more.
            each.send(bank, user);
        }

        for (Keyed each : keyed) {
            assertAnswers(each, plenty, name);
        }
        int captured = orders.entrySet().stream()
                .filter(order -> bank.transfers(order.getKey(), "CAPTURE") == 1)
                .mapToInt(Map.Entry::getValue)
                .sum();
        int expected = balance + keyed.stream().mapToInt(Keyed::change).sum() - captured;
        assertThat(new BigDecimal(bank.get(user).jsonPath().getString("balance")))
                .as(name)
                .isEqualByComparingTo(BigDecimal.valueOf(expected))
                .isNotNegative();
        assertThat(bank.transfersOut(user, "WITHDRAWAL"))
                .as("withdrawals in %s", name)
                .isEqualTo((int) keyed.stream()
                        .filter(each -> each.withdrawal && each.done())
                        .count());
        assertExact(user, name);
    }

    /** Of an order: held, and then captured, released, overdue, or kept. */
    private void live(UUID user, UUID order, int amount, int fate) {
        Bank.patiently(() -> bank.holdForOrder(user, order, String.valueOf(amount)));
        switch (fate) {
            case 0, 1 -> captures.on(List.of(OrderSide.request(user, order, String.valueOf(amount))));
            case 2 -> Bank.patiently(() -> bank.release(user, order));
            default -> bank.expire(order);
        }
    }

    private static void assertAnswers(Keyed each, boolean plenty, String name) {
        List<String> bodies = each.answers.stream()
                .filter(answer -> answer.statusCode() == 200)
                .map(Response::asString)
                .distinct()
                .toList();
        assertThat(bodies).as("%s of %s", each.key, name).hasSizeLessThanOrEqualTo(1);
        for (Response answer : each.answers) {
            assertThat(answer.statusCode())
                    .as("%s of %s: %s", each.key, name, answer.asString())
                    .isIn(each.withdrawal && !plenty ? List.of(200, 402, 409) : List.of(200, 409));
        }
        // What is to be sent again was sent again, when nobody else was there.
        assertThat(each.answers.stream().anyMatch(answer -> answer.statusCode() != 409))
                .isTrue();
    }

    /** What is shown as available can be withdrawn, and not a cent more. */
    private void assertExact(UUID user, String name) {
        BigDecimal available = new BigDecimal(bank.get(user).jsonPath().getString("available"));
        assertThat(bank.withdraw(user, available.add(new BigDecimal("0.01")).toPlainString())
                        .statusCode())
                .as("more than is available in %s", name)
                .isEqualTo(402);
        if (available.signum() > 0) {
            assertThat(bank.withdraw(user, available.toPlainString()).statusCode())
                    .as("all that is available in %s", name)
                    .isEqualTo(200);
        }
    }
}
