package dev.holdfast.order.inquiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.order.OrderServiceTesting;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@QuarkusTest
class InquiryIT extends OrderServiceTesting {
    @Inject
    Inquiries inquiries;

    private final UUID user = UUID.randomUUID();

    @Test
    void asksPaymentsAgainByTheSameEventUnderANewId() {
        UUID order = waitingFor("3 minutes");

        await().atMost(Duration.ofSeconds(15)).until(() -> asked(order) == 1);

        String event = query("select convert_from(payload, 'UTF8') from outbox where order_id = ?", order);
        assertThat(event)
                .contains("\"type\":\"payment_requested\"", "\"order_id\":\"" + order + "\"")
                .contains("\"user_id\":\"" + user + "\"", "\"amount\":10.00");
        await().atMost(Duration.ofSeconds(15))
                .until(() -> "t".equals(query("select sent_at is not null from outbox where order_id = ?", order)));
    }

    @Test
    void leavesYoungOrdersEndedOnesAndThoseWhoseRequestWasNotSentYet() {
        UUID young = waitingFor("1 minute");
        UUID ended = order("3 minutes", "FINISHED");
        UUID unsent = UUID.randomUUID();
        // Its time to be sent has not come.
        query(
                "insert into outbox (event_id, order_id, type, destination, payload, next_attempt_at)"
                        + " values (?, ?, 'payment_requested', 'nowhere', '{}', now() + interval '1 hour')",
                UUID.randomUUID(),
                unsent);
        insert(unsent, "3 minutes", "NEW");
        UUID waiting = waitingFor("3 minutes");

        await().atMost(Duration.ofSeconds(15)).until(() -> asked(waiting) == 1);
        inquiries.askAboutOldest();

        assertThat(asked(young)).isZero();
        assertThat(asked(ended)).isZero();
        assertThat(asked(unsent)).isZero();
        query("update outbox set sent_at = now() where order_id = ?", unsent);
    }

    @Test
    void asksAgainLaterAndLater() {
        UUID order = waitingFor("1 hour");
        await().atMost(Duration.ofSeconds(15)).until(() -> asked(order) == 1);
        assertThat(pauseSeconds(order)).isEqualTo("120");

        await().atMost(Duration.ofSeconds(15)).until(() -> sent(order));
        query("update payment_inquiry set next_at = now() where order_id = ?", order);
        await().atMost(Duration.ofSeconds(15)).until(() -> asked(order) == 2);
        assertThat(pauseSeconds(order)).isEqualTo("240");

        await().atMost(Duration.ofSeconds(15)).until(() -> sent(order));
        query("update payment_inquiry set next_at = now(), times = 30 where order_id = ?", order);
        await().atMost(Duration.ofSeconds(15)).until(() -> asked(order) == 3);
        assertThat(pauseSeconds(order)).isEqualTo("21600");
    }

    @Test
    void asksOnceThoughManyReplicasSweepSideBySideAndForgetsWhatHasEnded() throws Exception {
        List<UUID> orders = new ArrayList<>();
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> sweeps = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                orders.add(waitingFor("3 minutes"));
                sweeps.add(replicas.submit(() -> inquiries.askAboutOldest()));
            }
            for (Future<?> sweep : sweeps) {
                sweep.get();
            }
        }
        await().atMost(Duration.ofSeconds(15)).until(() -> orders.stream().allMatch(order -> asked(order) >= 1));
        assertThat(orders).allMatch(order -> asked(order) == 1);

        UUID order = orders.getFirst();
        query("update orders set status = 'FINISHED' where id = ?", order);
        query("update payment_inquiry set next_at = now() where order_id = ?", order);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> query("select 1 from payment_inquiry where order_id = ?", order) == null);
    }

    private UUID waitingFor(String interval) {
        return order(interval, "NEW");
    }

    private UUID order(String interval, String status) {
        UUID id = UUID.randomUUID();
        insert(id, interval, status);
        return id;
    }

    private void insert(UUID id, String interval, String status) {
        query(
                "insert into orders (id, user_id, amount, status, created_at, updated_at)"
                        + " values (?, ?, ?, ?, now() - ?::interval, now())",
                id,
                user,
                new BigDecimal("10.00"),
                status,
                interval);
    }

    private int asked(UUID order) {
        return Integer.parseInt(String.valueOf(
                query("select count(*) from outbox where order_id = ? and destination <> 'nowhere'", order)));
    }

    private boolean sent(UUID order) {
        return "0".equals(query("select count(*) from outbox where order_id = ? and sent_at is null", order));
    }

    private String pauseSeconds(UUID order) {
        return String.valueOf(query(
                "select extract(epoch from next_at - asked_at)::int from payment_inquiry where order_id = ?", order));
    }
}
