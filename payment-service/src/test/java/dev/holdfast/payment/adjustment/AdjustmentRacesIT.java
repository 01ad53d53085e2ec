package dev.holdfast.payment.adjustment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.AccountCalls;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
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
import org.junit.jupiter.api.Test;

/** One proposal, decided by several operators at once, while the account's money moves. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AdjustmentRacesIT {
    private static final int RACES = Integer.getInteger("holdfast.races", 40);

    @Inject
    Bank bank;

    /** To repeat a failed run: -Dholdfast.seed=… with the seed of its message. */
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());

    @Test
    void isDecidedByOneOperatorAndBookedOnceOrNotAtAll() throws Exception {
        Map<String, Integer> ends = new ConcurrentHashMap<>();
        for (int race = 0; race < RACES; race++) {
            Random random = new Random(seed + race);
            String name = "race " + race + " of seed " + seed;
            boolean isDebit = random.nextBoolean();
            // Mostly too little for both the correction and the withdrawals.
            UUID user = bank.account(String.valueOf(4 + random.nextInt(4)));
            String id = bank.propose(user, isDebit ? "DEBIT" : "CREDIT", "4", "anna")
                    .jsonPath()
                    .getString("id");
            Queue<Decision> decisions = new ConcurrentLinkedQueue<>();
            List<Runnable> acts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                boolean approves = random.nextInt(3) > 0;
                String operator = List.of("anna", "bert", "carl", "dora").get(random.nextInt(4));
                acts.add(() -> decisions.add(new Decision(
                        approves,
                        operator,
                        Bank.patiently(() -> approves ? bank.approve(id, operator) : bank.reject(id, operator)))));
                acts.add(() -> Bank.patiently(() -> bank.withdraw(user, "1")));
            }
            Collections.shuffle(acts, random);

            Parallel.run(acts.size(), i -> {
                acts.get(i).run();
                return i;
            });

            Response end = given().get("/admin/adjustments/" + id);
            String status = end.jsonPath().getString("status");
            String decidedBy = end.jsonPath().getString("decided_by");
            ends.merge(status, 1, Integer::sum);
            assertThat(transfers(user)).as(name).isEqualTo(status.equals("APPROVED") ? 1 : 0);
            for (Decision each : decisions) {
                boolean isTheEnd = each.status().equals(status) && each.operator.equals(decidedBy);
                if (each.answer.statusCode() == 200) {
                    assertThat(isTheEnd)
                            .as("%s, %s in %s", each, each.answer.asString(), name)
                            .isTrue();
                    assertThat(each.answer.asString()).isEqualTo(end.asString());
                } else {
                    assertThat(each.answer.jsonPath().getString("code"))
                            .as("%s in %s", each, name)
                            .isIn(refusals(each));
                }
            }
            if (status.equals("APPROVED")) {
                assertThat(decidedBy).as(name).isNotEqualTo("anna");
            }
            assertThat(new BigDecimal(bank.get(user).jsonPath().getString("balance")))
                    .as(name)
                    .isNotNegative();
        }
        System.out.printf("Adjustments of %d races of seed %d ended %s%n", RACES, seed, ends);
        bank.assertBooksBalance();
    }

    @Test
    void isProposedOnceByRequestsOfOneKeyAtOnce() throws Exception {
        UUID user = bank.account("1");
        List<Response> answers = Parallel.run(
                10,
                i -> Bank.patiently(() -> given().contentType("application/json")
                        .header("X-Operator", "anna")
                        .header("Idempotency-Key", "key")
                        .body(AccountCalls.proposal(user, "CREDIT", "1"))
                        .post("/admin/adjustments")));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(201));
        assertThat(answers.stream().map(Response::asString).distinct()).hasSize(1);
    }

    private record Decision(boolean approves, String operator, Response answer) {
        String status() {
            return approves ? "APPROVED" : "REJECTED";
        }

        @Override
        public String toString() {
            return operator + (approves ? " approves" : " rejects");
        }
    }

    private static List<String> refusals(Decision decision) {
        List<String> refusals = new ArrayList<>(List.of("adjustment_approved", "adjustment_rejected"));
        if (decision.approves) {
            refusals.add("adjustment_exceeds_available");
            if (decision.operator.equals("anna")) {
                refusals.add("adjustment_needs_another_operator");
            }
        }
        return refusals;
    }

    private int transfers(UUID user) {
        return (int)
                given().get("/accounts/" + user + "/transfers?limit=200").jsonPath().<String>getList("kind").stream()
                        .filter("ADJUSTMENT"::equals)
                        .count();
    }
}
