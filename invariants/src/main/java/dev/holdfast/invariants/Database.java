package dev.holdfast.invariants;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

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

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
