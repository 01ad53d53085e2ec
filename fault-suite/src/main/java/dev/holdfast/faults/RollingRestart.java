package dev.holdfast.faults;

import dev.holdfast.bench.load.Accounts;
import dev.holdfast.bench.load.Load;
import dev.holdfast.bench.load.LoadGenerator;
import dev.holdfast.bench.load.LoadPlan;
import dev.holdfast.bench.load.RunningLoad;
import dev.holdfast.faults.Fault.Mending;
import dev.holdfast.faults.proxy.Proxies;
import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Violation;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** One replica of each service after another is told to end (SIGTERM) and started again, and no client may notice. */
final class RollingRestart {
    private static final BigDecimal BALANCE = new BigDecimal("100000.00");
    private static final int USERS = 8;
    private static final int CONNECTIONS = 8;
    private static final double ORDERS_PER_SECOND = 5;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private RollingRestart() {}

    static Fault fault() {
        return Fault.of("rolling restart by SIGTERM", 0, 0, RollingRestart::underLoad)
                .acceptingOrders()
                .where(shape -> shape.replicas() > 1);
    }

    /** The random load repeats what fails; this load of its own counts it. */
    private static Mending underLoad(StackUnderTest stack, Random random) throws Exception {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), USERS, BALANCE);
        LoadPlan plan = LoadPlan.closedLoop(stack.gateway(), stack.tokens(), users, CONNECTIONS, LONGEST)
                .atRate(ORDERS_PER_SECOND);
        try (LoadGenerator generator = new LoadGenerator()) {
            RunningLoad running = generator.start(plan, accepted -> {});
            for (int i = 0; i < stack.ordersReplicas().size(); i++) {
                List<LocalService> replicas = List.of(
                        stack.ordersReplicas().get(i), stack.paymentsReplicas().get(i));
                Parallel.forEach(replicas, replica -> restart(replica, stack.proxies()));
            }
            return new Done(running.stop());
        }
    }

    /** While the replica is away its address refuses connections, as it does without a proxy. */
    private static void restart(LocalService replica, Proxies proxies) {
        replica.stop();
        proxies.to(replica.port()).forEach(TcpProxy::refuse);
        replica.start();
        proxies.to(replica.port()).forEach(TcpProxy::mend);
    }

    private record Done(Load load) implements Mending {
        @Override
        public void mend() {
            // All run again.
        }

        @Override
        public List<Violation> violations() {
            if (load.answers().keySet().equals(Set.of("201"))) {
                return List.of();
            }
            return List.of(new Violation(
                    Tally.SERVICE,
                    "no request fails while one replica after another is restarted",
                    load.failures(),
                    List.of(load.answers().toString())));
        }
    }
}
