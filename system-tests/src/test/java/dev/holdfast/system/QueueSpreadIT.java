package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.RunningLoad;
import dev.holdfast.bench.load.Terminals;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.ServiceMetrics;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import dev.holdfast.localstack.QueueSpread;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The way from one queue for each direction to two and back, as docs/scaling.md tells it, while customers order. */
@SystemTest(replicas = 2)
class QueueSpreadIT {
    private static final Map<String, String> TWO_QUEUES = Map.of("AMQP_QUEUES", "2");
    private static final int RATE = 20;
    private static final int ENOUGH = 100;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final StackUnderTest stack;
    private final QueueSpread spread;
    /** The others stay as they are: as in a rolling update, replicas differ for a while. */
    private final List<LocalService> changed;

    QueueSpreadIT(StackUnderTest stack) {
        this.stack = stack;
        spread = QueueSpread.of(stack.amqpUrl());
        changed = List.of(
                stack.ordersReplicas().getFirst(), stack.paymentsReplicas().getFirst());
    }

    @Test
    void noOrderIsLostOnTheWayToTwoQueuesAndBack() throws Exception {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), 16, new BigDecimal("100000.00"));
        Load load;
        try (LoadGenerator generator = new LoadGenerator()) {
            RunningLoad running = generator.start(
                    LoadPlan.closedLoop(stack.gateway(), stack.tokens(), users, 8, LONGEST)
                            .atRate(RATE),
                    accepted -> {});
            spreadOverTwo();
            gatherAgain();
            load = running.stop();
        }
        stack.quiescence().await(TIMEOUT);

        assertThat(load.answers()).containsOnlyKeys("201");
        assertThat(Terminals.of(load, stack.ordersDatabase()).byStatus())
                .containsAllEntriesOf(Map.of("FINISHED", (long) load.accepted().size(), Terminals.LOST, 0L));
    }

    private void spreadOverTwo() throws Exception {
        assertThat(spread.towards(2).orElseThrow())
                .contains("payment_requests_2 has no consumer", "payment_results_2 has no consumer", "AMQP_QUEUES=2");
        Parallel.forEach(changed, replica -> replica.start(TWO_QUEUES));
        await().atMost(TIMEOUT).until(() -> spread.towards(2).isEmpty());
        List<Long> before = List.of(delivered(1), delivered(2));
        await().atMost(TIMEOUT).until(() -> delivered(2) > ENOUGH);
        double share =
                (double) (delivered(2) - before.get(1)) / (delivered(1) - before.get(0) + delivered(2) - before.get(1));
        assertThat(share).as("share of the second queue").isBetween(0.35, 0.65);
    }

    private void gatherAgain() throws InterruptedException {
        assertThat(spread.towards(1).orElseThrow())
                .contains("payment_requests_2 is to go", "payment_results_2 is to go", "AMQP_QUEUES=1");
        Parallel.forEach(changed, LocalService::start);
        await().atMost(TIMEOUT).until(() -> spread.towards(1).isEmpty());
    }

    /** How many messages the replicas of payment-service got of this queue. */
    private long delivered(int number) throws IOException, InterruptedException {
        String queue = Topology.queues(Topology.PAYMENT_REQUESTS, number).getLast();
        long delivered = 0;
        for (LocalService replica : stack.paymentsReplicas()) {
            delivered += ServiceMetrics.of(replica)
                    .filter(line -> line.startsWith("holdfast_consumer_delivered_total")
                            && line.contains("queue=\"" + queue + "\""))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
        return delivered;
    }
}
