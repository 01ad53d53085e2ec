package dev.holdfast.payment.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class SweeperIT {
    @Inject
    Bank bank;

    @Inject
    Database database;

    @Inject
    DataSource dataSource;

    @Inject
    ExpiredHolds expiredHolds;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void freesAHoldSoonAfterItsTime() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        bank.hold(user, order, "10", 1).then().statusCode(200);
        await().atMost(Duration.ofSeconds(6)).until(() -> bank.holdStatus(order).equals("EXPIRED"));
        assertThat(held(user)).isEqualByComparingTo("0");
    }

    @Test
    void sweepsSideBySideWithoutFreeingTwice() throws Exception {
        List<UUID> orders = new ArrayList<>();
        List<UUID> users = List.of(bank.account("100"), bank.account("100"), bank.account("100"));
        for (int i = 0; i < 60; i++) {
            orders.add(bank.held(users.get(i % 3), "1"));
        }
        orders.forEach(bank::expire);
        Parallel.run(10, i -> expiredHolds.freeOldest(7, i % 2 == 0, Set.of()));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(orders)
                        .allMatch(order -> bank.holdStatus(order).equals("EXPIRED")));
        for (UUID user : users) {
            assertThat(held(user)).isEqualByComparingTo("0");
        }
    }

    @Test
    void leavesABusyAccountToTheEndButNotForEver() throws Exception {
        UUID busy = bank.account("10");
        UUID quiet = bank.account("10");
        UUID busyOrder = bank.held(busy, "10");
        UUID quietOrder = bank.held(quiet, "10");
        try (Connection other = dataSource.getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select 1 from account where user_id = '" + busy + "' for update");
            bank.expire(busyOrder);
            bank.expire(quietOrder);
            await().atMost(Duration.ofSeconds(6))
                    .until(() -> bank.holdStatus(quietOrder).equals("EXPIRED"));
            assertThat(bank.holdStatus(busyOrder)).isEqualTo("HELD");
            other.rollback();
        }
        await().atMost(Duration.ofSeconds(6))
                .until(() -> bank.holdStatus(busyOrder).equals("EXPIRED"));
    }

    @Test
    void anAccountThatHoldsLessThanItsHoldsKeepsNoOtherFromBeingFreed() {
        UUID wrong = bank.account("10");
        UUID sound = bank.account("10");
        UUID wrongOrder = bank.held(wrong, "10");
        UUID soundOrder = bank.held(sound, "10");
        database.update("update account set held = 9 where user_id = ?", wrong);
        bank.expire(wrongOrder);
        bank.expire(soundOrder);
        await().atMost(Duration.ofSeconds(6))
                .until(() -> bank.holdStatus(soundOrder).equals("EXPIRED"));
        assertThat(bank.holdStatus(wrongOrder)).isEqualTo("HELD");
        database.update("update account set held = 10 where user_id = ?", wrong);
        await().atMost(Duration.ofSeconds(6))
                .until(() -> bank.holdStatus(wrongOrder).equals("EXPIRED"));
    }

    private BigDecimal held(UUID user) {
        return database.first("select held from account where user_id = ?", row -> row.getBigDecimal(1), user)
                .orElseThrow();
    }
}
