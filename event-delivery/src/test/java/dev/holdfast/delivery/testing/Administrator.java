package dev.holdfast.delivery.testing;

import dev.holdfast.localstack.LocalPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Who may do in the database of the application under test what its own role must not: for states that it never makes. */
public final class Administrator {
    /** Configured by {@link RealInfrastructure}. */
    static final String PASSWORD = "ADMINISTRATOR_PASSWORD";

    private Administrator() {}

    /** Opens a connection of its own for the caller to close. */
    public static Connection open() throws SQLException {
        Config config = ConfigProvider.getConfig();
        return DriverManager.getConnection(
                "jdbc:postgresql://" + config.getValue("DATABASE_HOST", String.class) + ":"
                        + config.getValue("DATABASE_PORT", String.class) + "/"
                        + config.getValue("DATABASE_NAME", String.class),
                LocalPostgres.SUPERUSER,
                config.getValue(PASSWORD, String.class));
    }

    /** As {@link #first}. */
    public static @Nullable String run(String sql, Object... parameters) {
        try (Connection connection = open()) {
            return first(connection, sql, parameters);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Runs one statement; returns the first column of its first row as text, null where there is none. */
    public static @Nullable String first(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            if (!statement.execute()) {
                return null;
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
