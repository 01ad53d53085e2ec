package dev.holdfast.faults;

import dev.holdfast.faults.Fault.Injection;
import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.proxy.TcpProxy.Direction;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.Links.Link;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Parallel;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/** Services that are killed at the worst moments: something is committed, and whoever waits for it has not heard of it. */
final class MomentFaults {
    private static final Duration MOMENT_TIMEOUT = Duration.ofSeconds(30);

    /** Only the answer to a request for holds has it; order-service gets answers to its reconciliation on this link, too. */
    private static final String TAKEN = "\"taken\":[\"";

    /** Only the answer to the cancellation of a payment has it. */
    private static final String CANCELLED = "\"status\":\"cancelled\"";

    /** Only the answer to the refund of a payment has it. */
    private static final String REFUNDED = "\"status\":\"refunded\"";

    private MomentFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                        "kill -9 after the hold's commit, before its answer",
                        0,
                        2,
                        beforeTheAnswer(Link.ORDERS_TO_PAYMENTS, TAKEN, StackUnderTest::paymentsReplicas)),
                Fault.of(
                        "kill -9 after the order's commit, before its answer",
                        0,
                        2,
                        beforeTheAnswer(Link.GATEWAY_TO_ORDERS, "HTTP/1.1 201", StackUnderTest::ordersReplicas)),
                Fault.of(
                        "kill -9 after the release for a cancellation, before the order's commit",
                        0,
                        2,
                        MomentFaults::betweenReleaseAndCommit),
                Fault.of(
                        "kill -9 after the refund's commit, before its answer",
                        0,
                        2,
                        beforeTheAnswer(Link.ORDERS_TO_PAYMENTS, REFUNDED, StackUnderTest::paymentsReplicas)),
                Fault.of(
                        "kill -9 after the capture's commit, before its acknowledgement",
                        0,
                        2,
                        MomentFaults::beforeTheAcknowledgement),
                Fault.of("kill -9 between publishing and marking", 0, 2, MomentFaults::beforeTheMark));
    }

    /** The service is killed as it answers, and nobody gets the answer. */
    private static Injection beforeTheAnswer(
            Link link, String answer, Function<StackUnderTest, List<LocalService>> replicas) {
        return (stack, random) -> {
            LocalService service = ProcessFaults.one(replicas.apply(stack), random);
            TcpProxy proxy = stack.proxies().to(link, service.port());
            proxy.onNextAnswer(answer, service::kill);
            Moment.await(MOMENT_TIMEOUT, () -> !service.isAlive());
            return service::start;
        };
    }

    /** Payments has released the hold of an order that is to be cancelled, and order-service dies before it hears of it. */
    private static Fault.Mending betweenReleaseAndCommit(StackUnderTest stack, Random random) throws Exception {
        List<TcpProxy> toPayments = stack.proxies().on(Link.ORDERS_TO_PAYMENTS);
        List<TcpProxy> toBroker = stack.proxies().on(Link.PAYMENTS_TO_RABBITMQ);
        List<LocalService> replicas = stack.ordersReplicas();
        // Nearly every order is charged before it is cancelled, unless its request for payment is kept back.
        toBroker.forEach(proxy -> proxy.freeze(Direction.TO_CLIENT));
        // Nothing tells which of them has asked.
        toPayments.forEach(proxy -> proxy.onNextAnswer(CANCELLED, () -> replicas.forEach(LocalService::kill)));
        Moment.await(MOMENT_TIMEOUT, () -> replicas.stream().noneMatch(LocalService::isAlive));
        return () -> {
            toPayments.forEach(TcpProxy::mend);
            toBroker.forEach(TcpProxy::mend);
            Parallel.forEach(replicas, LocalService::start);
        };
    }

    /** The acknowledgements of what payment-service has captured never arrive. */
    private static Fault.Mending beforeTheAcknowledgement(StackUnderTest stack, Random random) throws Exception {
        List<TcpProxy> proxies = stack.proxies().on(Link.PAYMENTS_TO_RABBITMQ);
        proxies.forEach(proxy -> proxy.freeze(Direction.TO_SERVER));
        long before = captures(stack.paymentsDatabase());
        Moment.await(MOMENT_TIMEOUT, () -> captures(stack.paymentsDatabase()) > before);
        return killed(stack.paymentsReplicas(), proxies);
    }

    /** What order-service has published arrives, but the broker's confirms do not, so nothing can be marked as sent. */
    private static Fault.Mending beforeTheMark(StackUnderTest stack, Random random) throws Exception {
        List<TcpProxy> proxies = stack.proxies().on(Link.ORDERS_TO_RABBITMQ);
        proxies.forEach(proxy -> proxy.freeze(Direction.TO_CLIENT));
        Moment.await(MOMENT_TIMEOUT, () -> isAppliedAndUnmarked(stack));
        return killed(stack.ordersReplicas(), proxies);
    }

    /** The proxies are cut before they are mended, so that nothing that was held back still arrives. */
    private static Fault.Mending killed(List<LocalService> replicas, List<TcpProxy> proxies) {
        replicas.forEach(LocalService::kill);
        proxies.forEach(TcpProxy::cut);
        return () -> {
            proxies.forEach(TcpProxy::mend);
            Parallel.forEach(replicas, LocalService::start);
        };
    }

    private static long captures(Database payments) throws SQLException {
        return payments.count("select count(*) from transfer where kind = 'CAPTURE'");
    }

    private static boolean isAppliedAndUnmarked(StackUnderTest stack) throws SQLException {
        UUID[] unsent =
                stack.ordersDatabase().texts("select event_id from outbox where sent_at is null limit 500").stream()
                        .map(UUID::fromString)
                        .toArray(UUID[]::new);
        return stack.paymentsDatabase().count("select count(*) from inbox where event_id = any (?)", (Object) unsent)
                > 0;
    }
}
