package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@SystemTest
class LockedAccountIT {
    private static final int ORDERS = 20;

    private final StackUnderTest stack;
    private final Shop shop;

    LockedAccountIT(StackUnderTest stack) {
        this.stack = stack;
        shop = Door.GATEWAY.open(stack);
    }

    @Test
    void ordersOnALockedAccountNeitherDelayNorFailThoseOfOthers() throws Exception {
        UUID locked = shop.openAccount("100.00");
        UUID other = shop.openAccount("100.00");
        Duration alone = slowestButOne(other);
        List<Answer> onLocked = new ArrayList<>();
        try (Connection connection = stack.paymentsDatabase().open();
                Statement statement = connection.createStatement();
                ExecutorService clients = Executors.newFixedThreadPool(24)) {
            connection.setAutoCommit(false);
            statement.execute("select 1 from account where user_id = '" + locked + "' for update");
            List<Future<Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                waiting.add(clients.submit(() -> shop.placeOrder(locked, "1.00")));
            }
            Duration beside = slowestButOne(other);
            assertThat(beside).isLessThan(alone.plusMillis(100));
            connection.rollback();
            for (Future<Answer> each : waiting) {
                onLocked.add(each.get());
            }
        }
        assertThat(onLocked).allSatisfy(answer -> assertThat(answer.status()).isIn(201, 503));
    }

    /** One of them may be slow for reasons of the machine. */
    private Duration slowestButOne(UUID user) {
        List<Duration> taken = new ArrayList<>();
        for (int i = 0; i < ORDERS; i++) {
            long begin = System.nanoTime();
            shop.placeOrder(user, "0.10").expect(201);
            taken.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        return taken.stream().sorted().toList().get(ORDERS - 2);
    }
}
