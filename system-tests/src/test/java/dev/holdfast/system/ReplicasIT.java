package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.RunningLoad;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With two replicas of each service one may crash or be restarted, and customers hardly notice or not at all. */
@SystemTest(replicas = 2)
class ReplicasIT {
    /** Orders a second: as many as leave two cores the time to start a JVM beside them within seconds. */
    private static final int RATE = 10;

    /** Requests that can be at one replica at the same time. */
    private static final int CONNECTIONS = 8;

    private static final int DEPOSITING = 4;
    private static final Duration CALM = Duration.ofSeconds(1);
    /** A request on a kept-alive connection may still set out until the gateway has read that it was closed. */
    private static final Duration NOTICING = Duration.ofMillis(500);

    /** How long a replica that was started takes requests beside the others: minReadySeconds of its Deployment. */
    private static final Duration BESIDE = Duration.ofSeconds(5);

    /** Longer than callers leave a replica alone that has said it stops. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(30);

    private static final Duration WITHOUT_IT = Duration.ofSeconds(3);
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private final StackUnderTest stack;

    ReplicasIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void afterOneReplicaIsKilledTheOtherAnswersEverything() throws Exception {
        List<LocalService> victims = List.of(
                stack.ordersReplicas().getFirst(), stack.paymentsReplicas().getLast());
        try {
            for (LocalService victim : victims) {
                killUnderLoad(victim);
            }
        } finally {
            Parallel.forEach(victims, LocalService::start);
        }
    }

    private void killUnderLoad(LocalService victim) throws Exception {
        Underway underway = start();
        Thread.sleep(CALM);
        victim.kill();
        Instant noticed = Instant.now().plus(NOTICING);
        Thread.sleep(WITHOUT_IT);
        Load load = underway.finish();

        // Those that were at the replica when it died, at most one on each connection.
        assertThat(load.failed())
                .hasSizeLessThanOrEqualTo(CONNECTIONS)
                .allSatisfy(
                        request -> assertThat(request.sent()).as("%s", request).isBefore(noticed));
        assertThat(load.answers().keySet()).allMatch(answer -> answer.matches("201|502 .*|503 .*"));
        assertThat(underway.deposits().failedDeposits())
                .hasSizeLessThanOrEqualTo(DEPOSITING)
                .allSatisfy(
                        request -> assertThat(request.sent()).as("%s", request).isBefore(noticed));
        // What has no effect was asked again, of the other.
        assertThat(underway.deposits().failedReads()).isEmpty();
        assertThat(underway.deposits().stored())
                .isBetween(
                        underway.deposits().deposited(),
                        underway.deposits().deposited()
                                + underway.deposits().failedDeposits().size());
    }

    @Test
    void aRollingRestartFailsNotOneRequest() throws Exception {
        Underway underway = start();
        Thread.sleep(BESIDE);
        // One after another, as a JVM that starts takes the other services' cores.
        for (LocalService replica : Stream.concat(stack.paymentsReplicas().stream(), stack.ordersReplicas().stream())
                .toList()) {
            replica.stop();
            replica.start();
            Thread.sleep(BESIDE);
        }
        for (LocalService replica : stack.ordersReplicas()) {
            await().atMost(LEFT_ALONE).until(() -> ServiceMetrics.requests(replica, "/orders") > 0);
        }
        for (LocalService replica : stack.paymentsReplicas()) {
            await().atMost(LEFT_ALONE).until(() -> ServiceMetrics.requests(replica, "/internal/holds") > 0);
        }
        Load load = underway.finish();

        assertThat(load.answers()).containsOnlyKeys("201");
        assertThat(underway.deposits().failedDeposits()).isEmpty();
        assertThat(underway.deposits().failedReads()).isEmpty();
        assertThat(underway.deposits().stored()).isEqualTo(underway.deposits().deposited());
    }

    private Underway start() throws Exception {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), 16, new BigDecimal("100000.00"));
        LoadGenerator generator = new LoadGenerator();
        RunningLoad orders = generator.start(
                LoadPlan.closedLoop(stack.gateway(), stack.tokens(), users, CONNECTIONS, LONGEST)
                        .atRate(RATE)
                        .repeatingUnclear(),
                accepted -> {});
        return new Underway(stack, generator, orders, Deposits.start(Door.GATEWAY.open(stack), DEPOSITING));
    }

    private record Underway(StackUnderTest stack, LoadGenerator generator, RunningLoad orders, Deposits deposits) {
        /** Each order that was accepted is finished, once, and none is missing. */
        Load finish() throws Exception {
            deposits.stop();
            Load load;
            try (generator) {
                load = orders.stop();
            }
            stack.quiescence().await(QUIET_TIMEOUT);
            long accepted = load.accepted().size();
            assertThat(accepted).isPositive();
            assertThat(deposits.deposited()).isPositive();
            assertThat(Terminals.of(load, stack.ordersDatabase()).byStatus())
                    .as("answers were %s", load.answers())
                    .containsAllEntriesOf(Map.of("FINISHED", accepted, Terminals.LOST, 0L));
            return load;
        }
    }
}
