package dev.holdfast.faults.load;

import dev.holdfast.invariants.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;

/** Single statements, each on a connection of its own. */
final class Sql {
    private Sql() {}

    static int update(Database database, String sql, Object... parameters) throws SQLException {
        try (Connection opened = database.open();
                PreparedStatement statement = prepare(opened, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static long count(Database database, String sql, Object... parameters) throws SQLException {
        return rows(database, sql, Long::valueOf, parameters).getFirst();
    }

    static List<String> texts(Database database, String sql, Object... parameters) throws SQLException {
        return rows(database, sql, Function.identity(), parameters);
    }

    private static <T> List<T> rows(Database database, String sql, Function<String, T> reader, Object... parameters)
            throws SQLException {
        List<T> values = new ArrayList<>();
        try (Connection opened = database.open();
                PreparedStatement statement = prepare(opened, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                values.add(reader.apply(Objects.requireNonNull(rows.getString(1))));
            }
        }
        return values;
    }

    private static PreparedStatement prepare(Connection opened, String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = opened.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof UUID[] ids) {
                statement.setArray(i + 1, opened.createArrayOf("uuid", ids));
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }
}
