package dev.holdfast.invariants;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.StringJoiner;

/**
 * A promise that one database can show by itself.
 *
 * @param sql selects the rows that break the promise, and nothing while it is kept
 */
record Rule(String invariant, String sentence, String sql) {
    private static final int FETCH_SIZE = 500;

    void check(Connection connection, Findings findings) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    findings.add(invariant, sentence, text(rows));
                }
            }
        } catch (SQLException e) {
            throw new SQLException("The rule \"" + sentence + "\" could not be checked: " + e.getMessage(), e);
        }
    }

    private static String text(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        StringJoiner text = new StringJoiner(" ");
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            text.add(columns.getColumnLabel(column) + "=" + row.getString(column));
        }
        return text.toString();
    }
}
