package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AuthenticationFailureException;
import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.RunningLoad;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.BrokerQueues;
import dev.holdfast.localstack.LocalBroker;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.StackProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What crashes under load, and comes back, has lost nothing and charged nothing twice. */
@SystemTest
class CrashIT {
    private static final int CONNECTIONS = 8;
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(2);
    private static final Duration MOVE_PAUSE = Duration.ofMillis(50);
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private final StackUnderTest stack;

    CrashIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void theBrokerIsRestartedUnderLoad() throws Exception {
        Load load = underLoad(() -> stack.brokerProcess().restart());

        // The outbox takes what the broker cannot: nobody notices.
        assertThat(load.answers()).containsOnlyKeys("201");
    }

    @Test
    void thePasswordsOfTheBrokerChangeUnderLoad() throws Exception {
        LocalBroker broker = stack.brokerProcess();
        awaitTheBreakerOfTheTestBefore();
        Load load = underLoad(() -> {
            for (String user : List.of(Topology.ORDERS_USER, Topology.PAYMENTS_USER)) {
                BrokerQueues withTheOldOne = stack.brokerAs(user);
                broker.changePassword(user);
                assertThatThrownBy(withTheOldOne::connect).isInstanceOf(AuthenticationFailureException.class);
            }
            // The connections that were open go on.
            assertThat(consumers()).containsValues(1L).doesNotContainValue(0L);
            broker.control("close_all_connections", "--global", "the passwords have changed");
            await().atMost(QUIET_TIMEOUT)
                    .untilAsserted(() -> assertThat(consumers()).doesNotContainValue(0L));
        });

        assertThat(load.answers()).containsOnlyKeys("201");
        List<Path> logs = stack.services().stream().map(LocalService::log).toList();
        for (Path log : logs) {
            assertThat(log)
                    .content()
                    .doesNotContain(
                            Files.readString(broker.passwordFile(Topology.ORDERS_USER)),
                            Files.readString(broker.passwordFile(Topology.PAYMENTS_USER)));
        }
    }

    /**
     * After payments was away, order-service leaves it alone for some seconds. Half of the last four calls decide, so that one
     * that succeeds may be followed by a refusal.
     */
    private void awaitTheBreakerOfTheTestBefore() {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10.00");
        await().atMost(QUIET_TIMEOUT)
                .until(() -> IntStream.range(0, 4)
                        .allMatch(call -> shop.placeOrder(user, "0.10").status() == 201));
    }

    private Map<String, Long> consumers() throws IOException {
        return stack.broker().consumers(stack.broker().saga());
    }

    @Test
    void orderServiceIsKilledUnderLoad() throws Exception {
        underLoad(() -> killAndStart(stack.ordersProcess()));
    }

    @Test
    void paymentServiceIsKilledUnderLoad() throws Exception {
        underLoad(() -> killAndStart(stack.paymentsProcess()));
    }

    @Test
    void paymentServiceIsKilledWhileMoneyIsWithdrawnAndDeposited() throws Exception {
        Shop shop = Door.GATEWAY.open(stack);
        UUID user = shop.openAccount("10000.00");
        Queue<Move> sent = new ConcurrentLinkedQueue<>();
        AtomicBoolean stopping = new AtomicBoolean();
        List<Thread> threads = IntStream.range(0, CONNECTIONS)
                .mapToObj(thread -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; !stopping.get(); i++) {
                        Move move = new Move(shop, user, thread % 2 == 0, thread + "-" + i);
                        sent.add(move);
                        move.isAnswered();
                        LockSupport.parkNanos(MOVE_PAUSE.toNanos());
                    }
                }))
                .toList();
        Thread.sleep(BEFORE);
        killAndStart(stack.paymentsProcess());
        Thread.sleep(AFTER);
        stopping.set(true);
        for (Thread thread : threads) {
            thread.join();
        }

        // Whatever came of each before: in the end it is made, and once.
        for (Move move : sent) {
            await(move.key).atMost(QUIET_TIMEOUT).pollDelay(Duration.ZERO).until(move::isAnswered);
        }
        long withdrawn = sent.stream().filter(Move::out).count();
        assertThat(withdrawn).isPositive();
        shop.awaitAccount(user, String.valueOf(10_000 - withdrawn + (sent.size() - withdrawn) * 2), "0.00");
    }

    /** A withdrawal of 1.00, or a deposit of 2.00. */
    private record Move(Shop shop, UUID user, boolean out, String key) {
        boolean isAnswered() {
            try {
                Answer answer = out
                        ? shop.withdraw(user, "1.00", "Idempotency-Key", key)
                        : shop.deposit(user, "2.00", "Idempotency-Key", key);
                return answer.status() == 200;
            } catch (UncheckedIOException noAnswer) {
                return false;
            }
        }
    }

    @Test
    void theGatewayIsKilledUnderLoad() throws Exception {
        underLoad(() -> killAndStart(stack.gatewayProcess()));
    }

    @Test
    void withPaymentsAwayAnOrderIsRefusedForNowAndNothingStaysReserved() throws Exception {
        for (Door door : Door.values()) {
            Shop shop = door.open(stack);
            UUID user = shop.openAccount("10.00");
            stack.paymentsProcess().kill();
            try {
                Answer refused = shop.placeOrder(user, "4.00").expectProblem(503, "payments_unavailable");
                assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
                assertThat(shop.get("/orders?user_id=" + user).expect(200).json())
                        .isEmpty();
            } finally {
                stack.paymentsProcess().start();
            }
            shop.awaitAccount(user, "10.00", "0.00");
        }
    }

    private interface Fault {
        void run() throws Exception;
    }

    private static void killAndStart(StackProcess process) {
        process.kill();
        process.start();
    }

    /** Places orders all the while; in the end each is finished, once, and none that was answered 201 is missing. */
    private Load underLoad(Fault fault) throws Exception {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), 16, new BigDecimal("100000.00"));
        Load load;
        try (LoadGenerator generator = new LoadGenerator()) {
            RunningLoad running = generator.start(
                    LoadPlan.closedLoop(stack.gateway(), stack.tokens(), users, CONNECTIONS, LONGEST)
                            .repeatingUnclear(),
                    accepted -> {});
            Thread.sleep(BEFORE);
            fault.run();
            Thread.sleep(AFTER);
            load = running.stop();
        }
        stack.quiescence().await(QUIET_TIMEOUT);
        long accepted = load.accepted().size();
        assertThat(accepted).isPositive();
        assertThat(Terminals.of(load, stack.ordersDatabase()).byStatus())
                .as("answers were %s", load.answers())
                .containsAllEntriesOf(Map.of("FINISHED", accepted, Terminals.LOST, 0L));
        return load;
    }
}
