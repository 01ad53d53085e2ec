package dev.holdfast.faults;

import dev.holdfast.faults.stack.SmallDisk;
import dev.holdfast.faults.stack.StackShape;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** What happens to PostgreSQL. */
final class DatabaseFaults {
    /** PostgreSQL's own limit in the local stack. */
    private static final int MAX_CONNECTIONS = 200;

    private static final String APPLICATION = "fault";

    private DatabaseFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("stop -m immediate: PostgreSQL", 0, 5, (stack, random) -> {
                    stack.postgres().stopImmediately();
                    return stack.postgres()::start;
                }),
                Fault.of("kill -9: PostgreSQL", 0, 3, (stack, random) -> {
                    stack.postgres().kill();
                    return stack.postgres()::start;
                }),
                noConnections("order-service", StackUnderTest::ordersDatabase),
                noConnections("payment-service", StackUnderTest::paymentsDatabase),
                locked("orders", StackUnderTest::ordersDatabase),
                locked("account", StackUnderTest::paymentsDatabase),
                Fault.of("disk full: PostgreSQL", 5, 10, DatabaseFaults::fillDisk)
                        .where(StackShape::smallDisk));
    }

    /** Lasts longer than statements wait for a lock, so that all connections of the service's pool wait at once. */
    private static Fault locked(String table, Function<StackUnderTest, Database> database) {
        return Fault.of("connection pool exhausted by a lock: table " + table, 5, 10, (stack, random) -> {
            Connection connection = stack.asOwner(database.apply(stack)).open();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table " + table + " in access exclusive mode");
            }
            return connection::close;
        });
    }

    /** The service's own connections are ended too, and it gets none anew. */
    private static Fault noConnections(String service, Function<StackUnderTest, Database> database) {
        return Fault.of("no connection to be had: " + service, 5, 10, (stack, random) -> {
            List<Connection> taken = new ArrayList<>();
            try (Connection superuser = stack.superuserDatabase().open();
                    Statement statement = superuser.createStatement()) {
                Database role = database.apply(stack);
                take(role, taken);
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                        + role.name() + "' and application_name <> '" + APPLICATION + "'");
                take(role, taken);
            }
            return () -> {
                for (Connection connection : taken) {
                    connection.close();
                }
            };
        });
    }

    private static void take(Database database, List<Connection> taken) throws SQLException {
        while (taken.size() < MAX_CONNECTIONS) {
            try {
                taken.add(new Database(database.jdbcUrl() + "&ApplicationName=" + APPLICATION).open());
            } catch (SQLException noneLeft) {
                return;
            }
        }
    }

    /** PostgreSQL may end because of it; it is started again once there is room. */
    private static Fault.Mending fillDisk(StackUnderTest stack, Random random) throws ImpossibleHereException {
        SmallDisk disk = stack.smallDisk()
                .orElseThrow(() -> new ImpossibleHereException("not possible here: no file system can be mounted"));
        disk.fill();
        return () -> {
            disk.empty();
            if (!stack.postgres().isAlive()) {
                stack.postgres().start();
            }
        };
    }
}
