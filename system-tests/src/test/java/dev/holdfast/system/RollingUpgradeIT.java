package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.faults.load.Ledger;
import dev.holdfast.faults.load.RandomLoad;
import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The next version takes the place of the one that serves, and half of it goes back: no customer notices. */
class RollingUpgradeIT {
    private static final int REPLICAS = 2;
    /** As many as leave two cores the time to start a JVM beside them; other requests come with them. */
    private static final int ORDERS_PER_SECOND = 5;

    private static final int WARM_UP_ORDERS = 20;

    private static final String GATEWAY = "gateway-service";
    private static final String ORDERS = "order-service";
    private static final String PAYMENTS = "payment-service";

    /** What the deployments of replicas have: the tables were migrated beforehand. */
    private static final Map<String, String> WITHOUT_MIGRATIONS = Map.of("MIGRATE_AT_START", "false");
    /** A gateway that stops answers on until its clients have closed their connections. */
    private static final Map<String, String> LEAVING_SLOWLY = Map.of("SHUTDOWN_DELAY", "6s");

    /** Longer than callers leave a replica alone that has said it stops. */
    private static final Duration SERVING_LIMIT = Duration.ofSeconds(60);

    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(60);

    /**
     * Each thing that {@link MigrationRules} let a migration do to a table in use, by which it comes to have more than
     * either version knows: so it is where a version that is still to come has migrated, and was rolled back.
     */
    private static final List<String> EXPANSION = List.of(
            "set lock_timeout = '2s'; alter table %1$s add column not_known text, add column not_counted bigint not null default 0",
            "set lock_timeout = '2s'; alter table %1$s add constraint not_counted_down check (not_counted >= 0) not valid",
            "set lock_timeout = '2s'; alter table %1$s validate constraint not_counted_down",
            "create index concurrently %1$s_not_known on %1$s (not_known)");

    @Test
    void noRequestFailsAndNoOrderIsLostWhileTwoVersionsServe() throws Exception {
        Function<String, Path> previous = PreviousVersion.packaged();
        Function<String, Path> next = StackUnderTest.packaged();
        long seed = new Random().nextLong();
        try (StackUnderTest stack = StackUnderTest.start(REPLICAS, previous, System.out::println);
                TcpProxy loadBalancer = TcpProxy.to(stack.gateway().getPort())) {
            LocalService firstPayments = stack.paymentsReplicas().getFirst();
            LocalService lastPayments = stack.paymentsReplicas().getLast();
            LocalService firstOrders = stack.ordersReplicas().getFirst();
            URI lastOrders = URI.create(stack.ordersReplicas().getLast().url());
            stack.gatewayProcess().start(LEAVING_SLOWLY);
            URI door = URI.create("http://localhost:" + loadBalancer.port());
            EarlyWithdrawals withdrawals = new EarlyWithdrawals(stack);
            CancelledOrders cancelled = new CancelledOrders(door, stack.tokens());
            // JVMs that were all started at once may take longer for their first orders than those can wait.
            try (RandomLoad warmUp = RandomLoad.startBesideLastRelease(door, stack.tokens(), seed, ORDERS_PER_SECOND)) {
                await().atMost(SERVING_LIMIT).until(() -> warmUp.placed() > WARM_UP_ORDERS);
            }
            Ledger ledger;
            try (RandomLoad load = RandomLoad.startBesideLastRelease(door, stack.tokens(), seed, ORDERS_PER_SECOND)) {
                awaitAllServing(stack);
                cancelled.place();

                firstOrders.migrate(next.apply(ORDERS));
                firstPayments.migrate(next.apply(PAYMENTS));
                expand(stack.asOwner(stack.ordersDatabase()), "orders", "outbox", "inbox");
                expand(stack.asOwner(stack.paymentsDatabase()), "account", "hold", "transfer", "outbox", "inbox");

                for (LocalService replica : stack.paymentsReplicas()) {
                    replace(replica, next.apply(PAYMENTS));
                    awaitAllServing(stack);
                    cancelled.place();
                    if (replica == firstPayments) {
                        withdrawals.check(lastPayments.url(), firstPayments.url());
                    }
                }
                for (LocalService replica : stack.ordersReplicas()) {
                    replace(replica, next.apply(ORDERS));
                    awaitAllServing(stack);
                    cancelled.place();
                }
                stack.secondGateway().becomes(next.apply(GATEWAY));
                stack.secondGateway().start();
                loadBalancer.passTo(stack.secondGateway().port());
                stack.gatewayProcess().stop();
                cancelled.place();
                cancelled.placeAndCancel(lastOrders);

                Parallel.forEach(
                        List.of(firstPayments, firstOrders),
                        replica -> replace(replica, previous.apply(replica.name())));
                awaitAllServing(stack);
                cancelled.place();
                cancelled.placeAndCancel(lastOrders);
                withdrawals.check(firstPayments.url(), lastPayments.url());
                ledger = load.stop();
            }
            System.out.println("Seed " + seed + ", placed " + ledger.placed() + ", cancelled " + cancelled.count()
                    + ", slowest answer " + ledger.slowestAnswer() + ", answers " + ledger.answers());
            stack.quiescence().await(QUIET_TIMEOUT);

            assertThat(ledger.answers().keySet())
                    .as("kinds of answers, seed %d", seed)
                    .noneMatch(answer -> answer.matches(".* (no answer|5\\d\\d.*)"));
            assertThat(ledger.unclear()).isEmpty();
            assertThat(ledger.skipped()).isZero();
            assertThat(ledger.check(
                            URI.create(stack.secondGateway().url()),
                            stack.tokens(),
                            stack.ordersDatabase(),
                            stack.paymentsDatabase()))
                    .as("seed %d", seed)
                    .isEmpty();
            cancelled.assertEnded(stack.ordersDatabase());
            assertThat(stack.invariants().check()).isEmpty();
            assertThat(stack.secretsInLogs()).isEmpty();
        }
    }

    private static void expand(Database database, String... tables) throws SQLException {
        for (String table : tables) {
            for (String statement : EXPANSION) {
                database.update(statement.formatted(table));
            }
        }
    }

    private static void replace(LocalService replica, Path version) {
        replica.stop();
        replica.becomes(version);
        replica.start(WITHOUT_MIGRATIONS);
    }

    /** Returns when each replica has answered requests since, so those of both versions have where there are two. */
    private static void awaitAllServing(StackUnderTest stack) throws IOException, InterruptedException {
        Map<LocalService, Long> before = new HashMap<>();
        List<LocalService> replicas = Stream.concat(stack.ordersReplicas().stream(), stack.paymentsReplicas().stream())
                .toList();
        for (LocalService replica : replicas) {
            before.put(replica, served(replica));
        }
        for (LocalService replica : replicas) {
            await(replica.name()).atMost(SERVING_LIMIT).until(() -> served(replica) > before.get(replica));
        }
    }

    private static long served(LocalService replica) throws IOException, InterruptedException {
        return ServiceMetrics.requests(replica, replica.name().startsWith(ORDERS) ? "/orders" : "/internal/holds");
    }
}
