package dev.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** One account, frozen or closed while others take its money or bring some. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class StatusRacesIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 40);

    @Inject
    Bank bank;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    /** What was answered, and whether its request was sent when the account was known to be frozen. */
    private record Asked(boolean late, String code) {}

    @Test
    void nothingIsTakenOnceTheAccountIsSaidToBeFrozenAndTheMoneyIsNeverSaidToBeMissing() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            UUID user = bank.account("1000");
            Queue<Asked> asked = new ConcurrentLinkedQueue<>();
            Queue<UUID> frozen = new ConcurrentLinkedQueue<>();
            List<Runnable> acts = new ArrayList<>();
            for (int i = 0; i < 14; i++) {
                int kind = random.nextInt(3);
                acts.add(() -> {
                    boolean late = !frozen.isEmpty();
                    asked.add(new Asked(late, take(user, kind)));
                });
            }
            acts.add(() -> {
                Bank.patiently(() -> bank.change(user, "freeze")).then().statusCode(200);
                frozen.add(user);
            });
            Collections.shuffle(acts, random);

            run(acts);

            assertThat(asked).as(name).extracting(Asked::code).containsAnyOf("taken", "account_frozen");
            assertThat(asked).as(name).extracting(Asked::code).isSubsetOf("taken", "account_frozen");
            assertThat(asked)
                    .as(name)
                    .filteredOn(Asked::late)
                    .extracting(Asked::code)
                    .doesNotContain("taken");
            assertThat(take(user, random.nextInt(3))).as(name).isEqualTo("account_frozen");
        }
        bank.assertBooksBalance();
    }

    @Test
    void anAccountIsClosedOrTakesADepositAndNeverBoth() throws Exception {
        int closed = 0;
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            UUID user = bank.account("0");
            Queue<Response> deposits = new ConcurrentLinkedQueue<>();
            Queue<Response> closes = new ConcurrentLinkedQueue<>();
            List<Runnable> acts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String key = random.nextBoolean() ? "key" : "key-" + i;
                acts.add(() -> deposits.add(Bank.patiently(() -> bank.deposit(user, "1", key))));
                acts.add(() -> closes.add(Bank.patiently(() -> bank.change(user, "close"))));
            }
            Collections.shuffle(acts, random);

            run(acts);

            boolean isClosed = bank.get(user).jsonPath().getString("status").equals("CLOSED");
            closed += isClosed ? 1 : 0;
            assertThat(closes)
                    .as(name)
                    .extracting(answer -> answer.statusCode() == 200)
                    .containsOnly(isClosed);
            assertThat(deposits)
                    .as(name)
                    .allSatisfy(answer -> assertThat(code(answer))
                            .isIn(
                                    isClosed
                                            ? List.of("account_closed", "idempotency_in_progress")
                                            : List.of("taken", "idempotency_in_progress")));
            if (isClosed) {
                bank.assertMoney(user, "0.00", "0.00");
            }
        }
        System.out.printf("Closed %d of %d accounts before their deposits%n", closed, RACES);
        bank.assertBooksBalance();
    }

    private String take(UUID user, int kind) {
        UUID order = UUID.randomUUID();
        return switch (kind) {
            case 0 -> code(Bank.patiently(() -> bank.withdraw(user, "1")));
            case 1 -> code(Bank.patiently(() -> bank.hold(user, order, "1")));
            default -> ofBatch(user, order);
        };
    }

    /** Of two orders at once, as order-service asks; what is busy is sent again. */
    private String ofBatch(UUID user, UUID order) {
        String body = "{\"holds\": [%s, %s]}".formatted(hold(order, user), hold(UUID.randomUUID(), user));
        while (true) {
            Response answer = bank.post("/internal/holds?outcomes=true", body);
            if (answer.statusCode() == 200) {
                if (answer.jsonPath().getList("taken").contains(order.toString())) {
                    return "taken";
                }
                String code = answer.jsonPath().getString("not_taken.'" + order + "'");
                if (code != null && !code.equals("account_busy")) {
                    return code;
                }
            }
        }
    }

    private static String hold(UUID order, UUID user) {
        return "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 1}".formatted(order, user);
    }

    private static String code(Response answer) {
        return answer.statusCode() == 200 ? "taken" : answer.jsonPath().getString("code");
    }

    private static void run(List<Runnable> acts) throws Exception {
        Parallel.run(acts.size(), i -> {
            acts.get(i).run();
            return i;
        });
    }
}
