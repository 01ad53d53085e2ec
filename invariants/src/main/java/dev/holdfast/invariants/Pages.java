package dev.holdfast.invariants;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Reads tables of any size in pages of bounded size, by a unique key. */
public final class Pages {
    static final int PAGE_SIZE = 2_000;
    public static final UUID FIRST_UUID = new UUID(0, 0);

    private Pages() {}

    /** Reads a row into a value. */
    public interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Takes one page. */
    public interface Page<T> {
        void accept(List<T> rows) throws SQLException;
    }

    /**
     * Hands out all rows, page by page.
     *
     * @param sql with the two parameters "key greater than" and "limit", ordered by the key
     * @param first a key below all that there are
     */
    public static <T> void forEach(
            Connection connection, String sql, Object first, Reader<T> reader, Function<T, Object> key, Page<T> page)
            throws SQLException {
        Object after = first;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            while (true) {
                statement.setObject(1, after);
                statement.setInt(2, PAGE_SIZE);
                List<T> rows = read(statement, reader);
                if (!rows.isEmpty()) {
                    page.accept(rows);
                    after = key.apply(rows.getLast());
                }
                if (rows.size() < PAGE_SIZE) {
                    return;
                }
            }
        }
    }

    /** @param sql with one parameter, the array of keys */
    public static <T> List<T> lookUp(Connection connection, String sql, List<UUID> keys, Reader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("uuid", keys.toArray()));
            return read(statement, reader);
        }
    }

    static <T> List<T> read(PreparedStatement statement, Reader<T> reader) throws SQLException {
        List<T> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                values.add(reader.read(rows));
            }
        }
        return values;
    }
}
