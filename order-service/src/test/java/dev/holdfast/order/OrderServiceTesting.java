package dev.holdfast.order;

import dev.holdfast.delivery.testing.Administrator;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What the tests within one application share, too. */
public abstract class OrderServiceTesting extends OrderCalls {
    @Inject
    protected DataSource database;

    @Inject
    CircuitBreakerMaintenance circuitBreakers;

    @AfterEach
    void circuitBreakersClose() {
        circuitBreakers.resetAll();
    }

    /** The first column of the first row, as text; null where there is none. */
    protected @Nullable String query(String sql, Object... parameters) {
        try (Connection connection = database.getConnection()) {
            return Administrator.first(connection, sql, parameters);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Whether orders may have a status that this version does not know. */
    protected void isUpdatedToANewerVersion(boolean yes) {
        Administrator.run("alter table orders drop constraint if exists order_status_is_known");
        if (!yes) {
            Administrator.run("alter table orders add constraint order_status_is_known"
                    + " check (status in ('AUTHORIZED', 'NEW', 'FINISHED', 'CANCELLED'))");
        }
    }

    /** Whatever its status is, which only a newer version may do to one that is not NEW. */
    protected void setStatus(UUID order, String status) {
        Administrator.run("alter table orders disable trigger terminal_orders_stay");
        Administrator.run("update orders set status = ? where id = ?", status, order);
        Administrator.run("alter table orders enable trigger terminal_orders_stay");
    }

    /** An order of 10.00 that was placed an hour ago, in that status since. */
    protected void storeOldOrder(UUID id, UUID user, String status) {
        query(
                "insert into orders (id, user_id, amount, status, reason, created_at, updated_at)"
                        + " values (?, ?, ?, ?, ?, now() - interval '1 hour', now() - interval '1 hour')",
                id,
                user,
                new BigDecimal("10.00"),
                status,
                status.equals("CANCELLED") ? "hold_released" : null);
    }

    protected @Nullable String status(UUID orderId) {
        return query("select status from orders where id = ?", orderId);
    }
}
