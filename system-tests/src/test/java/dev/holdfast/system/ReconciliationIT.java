package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.RunningLoad;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is broken by hand is named by the running system itself, and nothing else is. With the shipped intervals. */
@SystemTest
class ReconciliationIT {
    private static final Duration NAMED_WITHIN = Duration.ofSeconds(60);
    private static final Duration MENDED_WITHIN = Duration.ofSeconds(60);
    private static final String REVENUE = "00000000-0000-0000-0000-000000000002";

    private final StackUnderTest stack;
    private final Shop shop;
    private final Database orders;
    private final Database payments;
    private final List<Runnable> mends = new ArrayList<>();

    ReconciliationIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
        this.orders = stack.superuserDatabase().named("orders");
        this.payments = stack.superuserDatabase().named("payments");
    }

    @BeforeEach
    void nothingIsNamedYet() {
        awaitNothingNamed();
    }

    @AfterEach
    void mendTheRest() {
        while (!mends.isEmpty()) {
            mends.removeLast().run();
        }
    }

    @Test
    void eachKindOfCorruptRowIsNamedWithinAMinuteAndNotAnyMoreOnceItIsMended() throws Exception {
        UUID user = shop.openAccount("1000.00");
        UUID unpaid = finishedOrder(user);
        UUID refunded = finishedOrder(user);
        UUID twice = finishedOrder(user);
        UUID dearer = finishedOrder(user);
        UUID anothers = finishedOrder(user);
        UUID charged = finishedOrder(user);
        UUID reserved = finishedOrder(user);
        UUID waiting = UUID.randomUUID();
        UUID nobodys = UUID.randomUUID();
        UUID forgotten = UUID.randomUUID();
        UUID richer = shop.openAccount("10.00");
        UUID holder = shop.openAccount("10.00");
        shop.hold(holder, forgotten, "4.00", 600).expect(200);
        stack.quiescence().await(Duration.ofSeconds(30));

        corrupt(
                payments,
                "update transfer set order_id = '%s' where order_id = '%s'".formatted(nobodys, unpaid),
                "update transfer set order_id = '%s' where order_id = '%s'".formatted(unpaid, nobodys));
        corrupt(payments, """
                with paid as (update account set balance = balance + 1 where user_id = '%2$s')
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                values ('%3$s', '%2$s', 1, 'REFUND', '%1$s', now())""".formatted(refunded, user, REVENUE), """
                with gone as (delete from transfer where order_id = '%1$s' and kind = 'REFUND')
                update account set balance = balance - 1 where user_id = '%2$s'""".formatted(refunded, user));
        execute(payments, "drop index transfer_of_order");
        mends.add(
                () -> execute(
                        payments,
                        "create unique index transfer_of_order on transfer (order_id, kind, refund_id) nulls not distinct where order_id is not null"));
        corrupt(payments, """
                with paid as (update account set balance = balance - 1 where user_id = '%2$s')
                insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                values ('%2$s', '%3$s', 1, 'CAPTURE', '%1$s', now())""".formatted(twice, user, REVENUE), """
                with gone as (delete from transfer where id = (
                    select id from transfer where order_id = '%1$s' order by created_at desc limit 1))
                update account set balance = balance + 1 where user_id = '%2$s'""".formatted(twice, user));
        corrupt(
                orders,
                "update orders set amount = 1.01 where id = '%s'".formatted(dearer),
                "update orders set amount = 1.00 where id = '%s'".formatted(dearer));
        corrupt(
                orders,
                "update orders set user_id = '%s' where id = '%s'".formatted(richer, anothers),
                "update orders set user_id = '%s' where id = '%s'".formatted(user, anothers));
        corrupt(
                orders,
                "update orders set status = 'CANCELLED', reason = 'hold_released' where id = '%s'".formatted(charged),
                "update orders set status = 'FINISHED', reason = null where id = '%s'".formatted(charged));
        corrupt(payments, """
                with reserved as (update account set held = held + 1 where user_id = '%2$s')
                update hold set status = 'HELD', expires_at = now() + interval '1 hour' where order_id = '%1$s'
                """.formatted(reserved, user), """
                with freed as (update account set held = held - 1 where user_id = '%2$s')
                update hold set status = 'CAPTURED' where order_id = '%1$s'""".formatted(reserved, user));
        // Its note keeps the sweeper from settling it at once.
        execute(
                orders,
                "insert into payment_inquiry (order_id, times, next_at) values ('%s', 1, now() + interval '1 hour')"
                        .formatted(waiting));
        corrupt(orders, """
                insert into orders (id, user_id, amount, created_at, updated_at)
                values ('%s', '%s', 1, now() - interval '10 minutes', now() - interval '10 minutes')""".formatted(waiting, user), """
                with noted as (delete from payment_inquiry where order_id = '%1$s')
                delete from orders where id = '%1$s'""".formatted(waiting));
        // Nothing is held by the account, so that the sweep of expired holds cannot free it.
        corrupt(payments, """
                with less as (update account set held = 0 where user_id = '%2$s')
                update hold set expires_at = now() - interval '1 minute' where order_id = '%1$s'
                """.formatted(forgotten, holder), """
                with more as (update account set held = 4 where user_id = '%2$s')
                update hold set expires_at = now() where order_id = '%1$s'""".formatted(forgotten, holder));
        corrupt(
                payments,
                "update account set balance = balance + 0.01 where user_id = '%s'".formatted(richer),
                "update account set balance = balance - 0.01 where user_id = '%s'".formatted(richer));

        long corruptedNanos = System.nanoTime();
        Set<String> expected = new TreeSet<>(List.of(
                "finished_without_capture " + unpaid,
                "capture_without_order " + nobodys,
                "finished_with_refund " + refunded,
                "captured_twice " + twice,
                "amount_differs " + dearer,
                "user_differs " + anothers,
                "cancelled_but_captured " + charged,
                "hold_of_terminal_order " + reserved,
                "order_new_too_long " + waiting,
                "hold_without_order " + forgotten,
                "hold_past_expiry " + forgotten,
                "account_held_differs " + holder,
                "account_balance_differs " + richer,
                // Of the changed transfer, and of those that were written past the trigger.
                "transfer_edited " + user,
                "transfer_inserted " + user));
        await().atMost(NAMED_WITHIN)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(named()).isEqualTo(expected));
        System.out.printf(
                "15 discrepancies were named in %d s%n",
                Duration.ofNanos(System.nanoTime() - corruptedNanos).toSeconds());
        assertThat(shop.get("/admin/reconciliation")
                        .expect(200)
                        .json()
                        .path("discrepancies_total")
                        .asLong())
                .isEqualTo(15);

        mendTheRest();
        awaitNothingNamed();
    }

    @Test
    void nothingIsNamedUnderLoad() throws Exception {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), 16, new BigDecimal("100000.00"));
        long passes = report().path("passes").asLong();
        Load load;
        try (LoadGenerator generator = new LoadGenerator()) {
            RunningLoad running = generator.start(
                    LoadPlan.closedLoop(stack.gateway(), stack.tokens(), users, 8, Duration.ofMinutes(1))
                            .repeatingUnclear(),
                    accepted -> {});
            for (int i = 0; i < 5; i++) {
                Answer run = shop.post("/admin/reconciliation/runs", "");
                assertThat(run.status()).as("%s", run).isIn(200, 202);
                assertThat(named()).isEmpty();
                Thread.sleep(Duration.ofSeconds(1));
            }
            load = running.stop();
        }
        assertThat(load.accepted()).hasSizeGreaterThan(100);
        assertThat(report().path("passes").asLong()).isGreaterThan(passes);
        assertThat(report().path("orders_compared").asLong()).isPositive();
        assertThat(named()).isEmpty();
    }

    @Test
    void anOrderThatNeverHeardOfItsPaymentIsFinishedByItself() throws Exception {
        UUID user = shop.openAccount("10.00");
        UUID order = finishedOrder(user);
        stack.quiescence().await(Duration.ofSeconds(30));
        execute(orders, "delete from order_event where order_id = '%s'".formatted(order));
        execute(orders, """
                update orders set status = 'NEW', created_at = now() - interval '3 minutes',
                    updated_at = now() - interval '3 minutes' where id = '%s'""".formatted(order));

        await().atMost(Duration.ofSeconds(45))
                .untilAsserted(
                        () -> assertThat(shop.order(user, order).text("status")).isEqualTo("FINISHED"));

        shop.awaitAccount(user, "9.00", "0.00");
    }

    private UUID finishedOrder(UUID user) {
        UUID order = shop.placeOrder(user, "1.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        return order;
    }

    private void awaitNothingNamed() {
        await().atMost(MENDED_WITHIN)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(named()).isEmpty());
    }

    /** Kind and id of the order, or else of the user. */
    private Set<String> named() {
        Set<String> named = new TreeSet<>();
        for (JsonNode discrepancy : report().path("discrepancies")) {
            JsonNode order = discrepancy.path("order_id");
            named.add(discrepancy.path("kind").asText() + " "
                    + (order.isNull() ? discrepancy.path("user_id") : order).asText());
        }
        return named;
    }

    private JsonNode report() {
        return shop.get("/admin/reconciliation?limit=200").expect(200).json();
    }

    private void corrupt(Database database, String broken, String mended) {
        execute(database, broken);
        mends.add(() -> execute(database, mended));
    }

    /** Past all triggers, as only a superuser can. */
    private static void execute(Database database, String sql) {
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
