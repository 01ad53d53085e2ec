package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class RandomOperationsIT {
    private static final int THREADS = 8;
    private static final int OPERATIONS = 150;
    private static final int STATUS_ERROR = 500;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @Test
    void keepTheBooksBalancedWhateverHappensAtOnce() throws Exception {
        List<UUID> users = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            users.add(bank.account("20"));
        }
        // Few orders and users, so that the threads meet.
        List<UUID> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            orders.add(UUID.randomUUID());
        }
        List<Integer> errors = Parallel.run(THREADS, thread -> {
            Random random = new Random(seed + thread);
            int serverErrors = 0;
            for (int i = 0; i < OPERATIONS; i++) {
                UUID user = users.get(random.nextInt(users.size()));
                UUID order = orders.get(random.nextInt(orders.size()));
                String amount = String.valueOf(1 + random.nextInt(3));
                int status = operate(random, user, order, amount);
                serverErrors += status >= STATUS_ERROR ? 1 : 0;
            }
            return serverErrors;
        });
        assertThat(errors).as("5xx of seed %d", seed).containsOnly(0);
        await("books of seed " + seed).atMost(Duration.ofSeconds(10)).untilAsserted(bank::assertBooksBalance);
    }

    private int operate(Random random, UUID user, UUID order, String amount) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> bank.hold(user, order, amount, 1 + random.nextInt(3)).statusCode();
            case 2 -> bank.hold(user, order, amount, 600).statusCode();
            case 3 -> bank.release(user, order).statusCode();
            case 4 -> bank.deposit(user, amount).statusCode();
            case 5 -> bank.refund(user, order).statusCode();
            case 6 -> bank.get(user).statusCode();
            case 7 -> bank.withdraw(user, amount).statusCode();
            case 8 -> bank.cancel(user, order, amount).statusCode();
            case 9 ->
                bank.change(user, random.nextInt(4) == 0 ? "freeze" : "unfreeze")
                        .statusCode();
            case 10 -> {
                String direction = random.nextBoolean() ? "CREDIT" : "DEBIT";
                String adjustment =
                        bank.propose(user, direction, amount, "anna").jsonPath().getString("id");
                yield random.nextInt(4) == 0
                        ? bank.reject(adjustment, "bert").statusCode()
                        : bank.approve(adjustment, "bert").statusCode();
            }
            default -> {
                PaymentRequested request = OrderSide.request(user, order, amount);
                List<PaymentRequested> twice = List.of(request, request, OrderSide.request(user, order, amount));
                captures.on(twice);
                yield 0;
            }
        };
    }
}
