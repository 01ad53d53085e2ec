package dev.holdfast.invariants;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Where one service's database is reached.
 *
 * @param jdbcUrl with user and password among its parameters
 */
public record Database(String jdbcUrl) {

    /** From JDBC's URL without credentials, as the local stack hands it out. */
    public static Database of(String jdbcUrl, String user, String password) {
        return new Database(jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "user=" + encoded(user) + "&password="
                + encoded(password));
    }

    /** From {@code postgresql://user:password@host:port/database}, as {@code ./holdfast env} prints it. */
    public static Database of(String url) {
        URI uri = URI.create(url);
        String[] credentials =
                uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        if (!"postgresql".equals(uri.getScheme()) || credentials.length != 2) {
            throw new IllegalArgumentException(
                    "A database is given as postgresql://user:password@host:port/database, not as " + uri.getScheme()
                            + "://" + uri.getHost() + uri.getPath());
        }
        int port = uri.getPort() == -1 ? 5432 : uri.getPort();
        return of("jdbc:postgresql://" + uri.getHost() + ":" + port + uri.getPath(), credentials[0], credentials[1]);
    }

    public String name() {
        return jdbcUrl.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    /** Another database of the same server, with the same user. */
    public Database named(String name) {
        return new Database(jdbcUrl.replaceFirst("/[^/?]*\\?", "/" + name + "?"));
    }

    /** Opens a connection of its own for the caller to close. */
    public Connection open() throws SQLException {
        return DriverManager.getConnection(jdbcUrl);
    }

    /** Opens a connection whose statements all see one moment of the database, and change nothing. */
    Connection openSnapshot() throws SQLException {
        Connection connection = open();
        try {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Runs one statement on a connection of its own; returns how many rows it has changed. */
    public int update(String sql, Object... parameters) throws SQLException {
        try (Connection connection = open();
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** The number that a query selects, read on a connection of its own. */
    public long count(String sql, Object... parameters) throws SQLException {
        return Long.parseLong(texts(sql, parameters).getFirst());
    }

    /** The first column of each row that a query selects, as text, read on a connection of its own. */
    public List<String> texts(String sql, Object... parameters) throws SQLException {
        try (Connection connection = open();
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            return Pages.read(statement, row -> Objects.requireNonNull(row.getString(1)));
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof UUID[] ids) {
                statement.setArray(i + 1, connection.createArrayOf("uuid", ids));
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
