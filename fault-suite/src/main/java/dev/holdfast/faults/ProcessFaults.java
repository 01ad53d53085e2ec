package dev.holdfast.faults;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.StackProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** What happens to a process: it is killed, it stops for a while, its clock goes wrong, it is restarted. */
final class ProcessFaults {
    /** Longer than a hold lasts. */
    private static final Duration CLOCK_OFFSET = Duration.ofMinutes(7);

    private ProcessFaults() {}

    static List<Fault> all() {
        List<Fault> faults = new ArrayList<>(List.of(
                killed("gateway-service", ProcessFaults::gateway).atTheDoor(),
                killed("order-service", StackUnderTest::ordersReplicas),
                killed("payment-service", StackUnderTest::paymentsReplicas),
                frozen("gateway-service", ProcessFaults::gateway).atTheDoor(),
                frozen("order-service", StackUnderTest::ordersReplicas),
                frozen("payment-service", StackUnderTest::paymentsReplicas),
                frozen("PostgreSQL", stack -> List.of(stack.postgres())),
                frozen("RabbitMQ", stack -> List.of(stack.brokerProcess())).acceptingOrders()));
        for (Duration offset : List.of(CLOCK_OFFSET, CLOCK_OFFSET.negated())) {
            faults.add(clockOff("order-service", offset, StackUnderTest::ordersReplicas));
            faults.add(clockOff("payment-service", offset, StackUnderTest::paymentsReplicas));
        }
        return faults;
    }

    private static List<StackProcess> gateway(StackUnderTest stack) {
        return List.of(stack.gatewayProcess());
    }

    private static Fault killed(String name, Function<StackUnderTest, List<? extends StackProcess>> processes) {
        return Fault.of("kill -9: " + name, 0, 3, (stack, random) -> {
            StackProcess process = one(processes.apply(stack), random);
            process.kill();
            return process::start;
        });
    }

    private static Fault frozen(String name, Function<StackUnderTest, List<? extends StackProcess>> processes) {
        return Fault.of("SIGSTOP: " + name, 5, 30, (stack, random) -> {
            StackProcess process = one(processes.apply(stack), random);
            Signals.toAll(process, "STOP");
            return () -> Signals.toAll(process, "CONT");
        });
    }

    private static Fault clockOff(
            String name, Duration offset, Function<StackUnderTest, List<LocalService>> processes) {
        String where = offset.isPositive() ? " ahead" : " behind";
        return Fault.of(
                "clock " + offset.abs().toMinutes() + " minutes" + where + ": " + name, 8, 15, (stack, random) -> {
                    LocalService process = one(processes.apply(stack), random);
                    process.start(Map.of("CLOCK_OFFSET", offset.toString()));
                    return process::start;
                });
    }

    static <T> T one(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
