package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class JointHoldIT {
    private record Wish(UUID order, UUID user, String amount) {}

    @Inject
    Bank bank;

    @Inject
    DataSource dataSource;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void takesWhatTheAccountsCoverAndLeavesTheRest() {
        UUID ten = bank.account("10");
        UUID five = bank.account("5");
        Wish first = wish(ten, "4.01");
        Wish second = wish(ten, "5.99");
        Wish tooMuch = wish(ten, "0.01");
        Wish all = wish(five, "5");
        Wish nobodys = wish(UUID.randomUUID(), "1");
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
        Wish tooMuch = wish(user, "1.01");
        assertThat(held(tooMuch)).isEmpty();
        assertThat(held(wish(UUID.randomUUID(), "1"))).isEmpty();
        Wish fits = wish(user, "1");
        assertThat(held(fits)).containsExactly(fits.order);
        bank.assertMoney(user, "10.00", "10.00");
    }

    @Test
    void takesNothingTwice() {
        UUID user = bank.account("10");
        Wish taken = wish(user, "3");
        assertThat(held(taken)).containsExactly(taken.order);
        assertThat(held(taken)).isEmpty();
        Wish other = wish(user, "3");
        assertThat(held(taken, other)).containsExactly(other.order);
        // Which of two is meant is left to the call for a single hold.
        Wish twice = wish(user, "2");
        assertThat(held(twice, twice)).isEmpty();
        assertThat(bank.hold(user, taken.order, "3").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "10.00", "6.00");
    }

    @Test
    void doesNotWaitForAnAccountThatStaysLocked() throws Exception {
        UUID locked = bank.account("10");
        UUID free = bank.account("10");
        List<Wish> wishes = List.of(wish(locked, "1"), wish(free, "1"));
        try (Connection other = dataSource.getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select 1 from account where user_id = '" + locked + "' for update");
            assertThat(timed(() -> held(wishes))).isLessThan(Duration.ofSeconds(1));
            assertThat(timed(() -> held(wishes.getFirst()))).isLessThan(Duration.ofSeconds(1));
            bank.assertMoney(free, "10.00", "0.00");
            other.rollback();
        }
        assertThat(held(wishes)).hasSize(2);
    }

    @Test
    void manyAtOnceOnTheSameAccountsTakeExactlyWhatIsThere() throws Exception {
        List<UUID> users = List.of(bank.account("100"), bank.account("100"), bank.account("100"));
        List<List<UUID>> taken = Parallel.run(40, i -> {
            List<Wish> wishes = IntStream.range(0, 12)
                    .mapToObj(each -> wish(users.get(each % 3), "1"))
                    .collect(Collectors.toCollection(ArrayList::new));
            if (i % 2 == 0) {
                Collections.reverse(wishes);
            }
            return held(wishes);
        });
        // Each batch has 4 of each user, so that the last to find room takes all of its 12.
        assertThat(taken).allSatisfy(batch -> assertThat(batch.size()).isIn(0, 12));
        assertThat(taken.stream().filter(batch -> !batch.isEmpty())).hasSize(25);
        users.forEach(user -> bank.assertMoney(user, "100.00", "100.00"));
    }

    @Test
    void namesEachWrongField() {
        Response answer = bank.post("/holds", "{\"holds\": [{\"order_id\": \"7\"}]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        answer = bank.post("/holds", "{\"holds\": [{\"order_id\": \"" + UUID.randomUUID() + "\", \"amount\": 0.001}]}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.jsonPath().getList("errors.field", String.class))
                .containsExactlyInAnyOrder("holds[0].user_id", "holds[0].amount");
        assertThat(bank.post("/holds", "{\"holds\": []}").statusCode()).isEqualTo(400);
        assertThat(post(Collections.nCopies(257, wish(UUID.randomUUID(), "1"))).statusCode())
                .isEqualTo(400);
    }

    /** How long it takes, when nothing is held by it. */
    private static Duration timed(Supplier<List<UUID>> holds) {
        long start = System.nanoTime();
        assertThat(holds.get()).isEmpty();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Wish wish(UUID user, String amount) {
        return new Wish(UUID.randomUUID(), user, amount);
    }

    private List<UUID> held(Wish... wishes) {
        return held(List.of(wishes));
    }

    private List<UUID> held(List<Wish> wishes) {
        Response answer = post(wishes);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.jsonPath().getList("taken", UUID.class);
    }

    private Response post(List<Wish> wishes) {
        return bank.post(
                "/holds",
                wishes.stream()
                        .map(wish -> "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": %s}"
                                .formatted(wish.order, wish.user, wish.amount))
                        .collect(Collectors.joining(",", "{\"holds\": [", "]}")));
    }
}
