package dev.holdfast.faults;

import dev.holdfast.faults.Fault.Injection;
import dev.holdfast.faults.proxy.TcpProxy;
import dev.holdfast.faults.proxy.TcpProxy.Direction;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.localstack.Links.Link;
import dev.holdfast.localstack.LocalService;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/** Services that are killed at the worst moments: something is committed, and whoever waits for it has not heard of it. */
final class MomentFaults {
    private static final Duration MOMENT_LIMIT = Duration.ofSeconds(30);

    /** In the answer to holds, and in no other that order-service gets: it asks for what the reconciliation needs, too. */
    private static final String TAKEN = "\"taken\":[\"";

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
                        "kill -9 after the capture's commit, before its acknowledgement",
                        0,
                        2,
                        MomentFaults::beforeTheAcknowledgement),
                Fault.of("kill -9 between publishing and marking", 0, 2, MomentFaults::beforeTheMark));
    }

    /** What answers is killed by its own answer, which nobody gets. */
    private static Injection beforeTheAnswer(
            Link link, String answer, Function<StackUnderTest, List<LocalService>> replicas) {
        return (stack, random) -> {
            LocalService service = ProcessFaults.one(replicas.apply(stack), random);
            TcpProxy proxy = stack.proxies().to(link, service.port());
            proxy.onNextAnswer(answer, service::kill);
            Moment.await(MOMENT_LIMIT, () -> !service.isAlive());
            return service::start;
        };
    }

    /** The acknowledgements of what payment-service has captured never arrive. */
    private static Fault.Mending beforeTheAcknowledgement(StackUnderTest stack, Random random) throws Exception {
        List<TcpProxy> proxies = stack.proxies().on(Link.PAYMENTS_TO_RABBITMQ);
        proxies.forEach(proxy -> proxy.freeze(Direction.TO_SERVER));
        long before = captures(stack.paymentsDatabase());
        Moment.await(MOMENT_LIMIT, () -> captures(stack.paymentsDatabase()) > before);
        return killed(stack.paymentsReplicas(), proxies);
    }

    /** What order-service has published arrives, but the broker's confirms do not, so nothing can be marked as sent. */
    private static Fault.Mending beforeTheMark(StackUnderTest stack, Random random) throws Exception {
        List<TcpProxy> proxies = stack.proxies().on(Link.ORDERS_TO_RABBITMQ);
        proxies.forEach(proxy -> proxy.freeze(Direction.TO_CLIENT));
        Moment.await(MOMENT_LIMIT, () -> isAppliedAndUnmarked(stack));
        return killed(stack.ordersReplicas(), proxies);
    }

    /** Cut first, so that nothing of what was held back arrives after all. */
    private static Fault.Mending killed(List<LocalService> replicas, List<TcpProxy> proxies) {
        replicas.forEach(LocalService::kill);
        proxies.forEach(TcpProxy::cut);
        return () -> {
            proxies.forEach(TcpProxy::heal);
            Moment.sideBySide(replicas, LocalService::start);
        };
    }

    private static long captures(Database payments) throws SQLException {
        try (Connection connection = payments.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from transfer where kind = 'CAPTURE'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static boolean isAppliedAndUnmarked(StackUnderTest stack) throws SQLException {
        List<UUID> unsent = new ArrayList<>();
        try (Connection orders = stack.ordersDatabase().open();
                Statement statement = orders.createStatement();
                ResultSet row = statement.executeQuery("select event_id from outbox where sent_at is null limit 500")) {
            while (row.next()) {
                unsent.add(row.getObject(1, UUID.class));
            }
        }
        try (Connection payments = stack.paymentsDatabase().open();
                PreparedStatement statement =
                        payments.prepareStatement("select exists (select from inbox where event_id = any (?))")) {
            statement.setArray(1, payments.createArrayOf("uuid", unsent.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
