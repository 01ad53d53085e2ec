package dev.holdfast.bench.limit;

import dev.holdfast.invariants.Database;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;

/**
 * An empty database beside those of the services, made by the services' own migrations: the same columns, indexes,
 * triggers and constraints. Each service's tables are in a schema of its name. It is dropped in the end; one that a
 * killed run left behind is replaced.
 */
final class ScratchDatabase implements AutoCloseable {
    static final String NAME = "holdfast_limit";
    private static final List<String> SCHEMAS = List.of("orders", "payments");
    private static final BigDecimal BALANCE = new BigDecimal("1000000000.00");
    private static final String OPEN_ACCOUNTS = """
            insert into payments.account (user_id, balance, created_at, updated_at)
            select gen_random_uuid(), ?, now(), now() from generate_series(1, ?) returning user_id
            """;

    private final Database administration;
    private final Database database;

    private ScratchDatabase(Database administration) {
        this.administration = administration;
        this.database = administration.named(NAME);
    }

    /** @param administration as a user who may create databases */
    static ScratchDatabase create(Database administration) throws SQLException {
        ScratchDatabase scratch = new ScratchDatabase(administration);
        scratch.close();
        scratch.administer("create database " + NAME);
        for (String schema : SCHEMAS) {
            Flyway.configure()
                    .dataSource(scratch.database.jdbcUrl(), null, null)
                    .schemas(schema)
                    .locations("classpath:migrations/delivery", "classpath:migrations/" + schema)
                    // The owner writes here, who needs no grant.
                    .placeholders(Map.of("service_role", "public"))
                    // As the services do: else an index that is built concurrently waits for Flyway's own lock.
                    .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                    .load()
                    .migrate();
        }
        return scratch;
    }

    Database database() {
        return database;
    }

    /** Opens that many accounts with more money than a measurement spends. */
    List<UUID> openAccounts(int count) throws SQLException {
        try (Connection connection = database.open();
                PreparedStatement insert = connection.prepareStatement(OPEN_ACCOUNTS)) {
            insert.setBigDecimal(1, BALANCE);
            insert.setInt(2, count);
            List<UUID> userIds = new ArrayList<>(count);
            try (ResultSet row = insert.executeQuery()) {
                while (row.next()) {
                    userIds.add(row.getObject(1, UUID.class));
                }
            }
            return userIds;
        }
    }

    PostgresCounters counters() throws SQLException {
        return PostgresCounters.read(administration, List.of(NAME));
    }

    /** How many orders have all their rows. */
    long completeOrders() throws SQLException {
        try (Connection connection = database.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select count(*) from orders.orders
                        join payments.hold on hold.order_id = orders.id and hold.status = 'CAPTURED'
                        join payments.transfer on transfer.order_id = orders.id
                        join orders.order_event on order_event.order_id = orders.id
                        join orders.outbox request on request.order_id = orders.id and request.sent_at is not null
                        join payments.outbox result on result.order_id = orders.id and result.sent_at is not null
                        join payments.inbox requested on requested.event_id = request.event_id
                        join orders.inbox answered on answered.event_id = result.event_id
                        where orders.status = 'FINISHED'
                        """)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        administer("drop database if exists " + NAME + " with (force)");
    }

    private void administer(String sql) throws SQLException {
        try (Connection connection = administration.open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
