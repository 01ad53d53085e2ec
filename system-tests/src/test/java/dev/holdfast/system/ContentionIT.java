package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@SystemTest
class ContentionIT {
    private final Shop shop;

    ContentionIT(StackUnderTest stack) {
        shop = Door.GATEWAY.open(stack);
    }

    @Test
    void fiftyParallelOrdersOnMoneyForThirtyGiveThirtyFinishedOrders() {
        UUID user = shop.openAccount("30.00");

        List<Answer> answers = Shop.inParallel(50, i -> shop.placeOrder(user, "1.00"));

        assertThat(answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting())))
                .containsOnly(Map.entry(201, 30L), Map.entry(402, 20L));
        answers.stream()
                .filter(answer -> answer.status() == 402)
                .forEach(answer -> answer.expectProblem(402, "insufficient_funds"));
        answers.stream()
                .filter(answer -> answer.status() == 201)
                .forEach(answer -> shop.awaitStatus(user, answer.id(), "FINISHED"));
        shop.awaitAccount(user, "0.00", "0.00");
    }

    @Test
    void twoHundredParallelHoldsOfOneOnAHundredReserveExactlyAHundred() {
        UUID user = shop.openAccount("100.00");
        List<UUID> orders = Stream.generate(UUID::randomUUID).limit(200).toList();

        List<Answer> answers = Shop.inParallel(200, i -> shop.hold(user, orders.get(i), "1.00"));

        assertThat(answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting())))
                .containsOnly(Map.entry(200, 100L), Map.entry(402, 100L));
        shop.awaitAccount(user, "100.00", "100.00");
    }

    @Test
    void fiftyParallelRequestsWithOneKeyPlaceOneOrder() {
        UUID user = shop.openAccount("50.00");

        List<Answer> answers = Shop.inParallel(50, i -> shop.placeOrder(user, "1.00", "Idempotency-Key", "one-order"));

        List<Answer> placed =
                answers.stream().filter(answer -> answer.status() == 201).toList();
        answers.stream()
                .filter(answer -> answer.status() != 201)
                .forEach(answer -> answer.expectProblem(409, "idempotency_in_progress"));
        assertThat(placed.stream().map(Answer::id).distinct()).hasSize(1);
        assertThat(placed.stream()
                        .filter(answer -> answer.header("Idempotency-Replayed").isEmpty()))
                .hasSize(1);
        assertThat(shop.get("/orders?user_id=" + user).json()).hasSize(1);
        shop.awaitStatus(user, placed.getFirst().id(), "FINISHED");
        shop.awaitAccount(user, "49.00", "0.00");
    }

    @Test
    void fiftyParallelDepositsWithOneKeyMoveMoneyOnce() {
        UUID user = shop.openAccount("0.00");

        List<Answer> answers = Shop.inParallel(50, i -> shop.deposit(user, "7.00", "Idempotency-Key", "one-deposit"));

        answers.stream()
                .filter(answer -> answer.status() != 200)
                .forEach(answer -> answer.expectProblem(409, "idempotency_in_progress"));
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).isNotEmpty();
        shop.awaitAccount(user, "7.00", "0.00");
    }

    @Test
    void ordersHoldsAndWithdrawalsAtTheSameTimeTakeExactlyWhatIsThere() {
        UUID user = shop.openAccount("30.00");

        List<Answer> answers = Shop.inParallel(60, i -> switch (i % 3) {
            case 0 -> shop.placeOrder(user, "1.00");
            case 1 -> shop.hold(user, UUID.randomUUID(), "1.00");
            default -> shop.withdraw(user, "1.00");
        });

        answers.stream()
                .filter(answer -> answer.status() >= 400)
                .forEach(answer -> answer.expectProblem(402, "insufficient_funds"));
        assertThat(answers.stream().filter(answer -> answer.status() == 402)).hasSize(30);
        answers.stream()
                .filter(answer -> answer.status() == 201)
                .forEach(answer -> shop.awaitStatus(user, answer.id(), "FINISHED"));
        Answer account = shop.account(user).expect(200);
        assertThat(account.amount("available")).isEqualByComparingTo("0");
        shop.withdraw(user, "0.01").expectProblem(402, "insufficient_funds");
    }

    @Test
    void fiftyParallelHoldsOfOneOrderReserveOnce() {
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();

        List<Answer> answers = Shop.inParallel(50, i -> shop.hold(user, order, "3.00"));

        assertThat(answers).allSatisfy(answer -> answer.expect(200));
        shop.awaitAccount(user, "10.00", "3.00");
    }

    @Test
    void holdsAndReleasesOfOneOrderAtTheSameTimeLeaveNothingReserved() {
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "3.00").expect(200);

        List<Answer> answers =
                Shop.inParallel(50, i -> i % 2 == 0 ? shop.release(user, order) : shop.hold(user, order, "3.00"));

        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 409));
        shop.awaitAccount(user, "10.00", "0.00");
    }
}
