package dev.holdfast.delivery.testing;

import static org.awaitility.Awaitility.await;

import dev.holdfast.localstack.LocalPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A server that takes no writes until this is closed, also by connections that are open. */
public final class ReadOnly implements AutoCloseable {
    private final LocalPostgres postgres;
    private final DataSource database;

    public ReadOnly(LocalPostgres postgres, DataSource database) throws SQLException {
        this.postgres = postgres;
        this.database = database;
        set("on");
    }

    @Override
    public void close() throws SQLException {
        set("off");
    }

    private void set(String value) throws SQLException {
        String superuser = LocalPostgres.SUPERUSER;
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(superuser), superuser, postgres.password(superuser));
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set default_transaction_read_only = " + value);
            statement.execute("select pg_reload_conf()");
        }
        // The server reads its settings again a moment later.
        await().until(() -> {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet shown = statement.executeQuery("show default_transaction_read_only")) {
                return shown.next() && shown.getString(1).equals(value);
            }
        });
    }
}
