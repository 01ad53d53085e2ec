package dev.holdfast.payment.database;

import dev.holdfast.delivery.DatabaseException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements: inside the caller's transaction where there is one, else each in its own. Parameters may be
 * {@code UUID}, {@code BigDecimal}, {@code Instant}, {@code String}, numbers, null, and arrays of the first two.
 */
@ApplicationScoped
public class Database {
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource dataSource;

    Database(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Makes a value of the current row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Takes the current row. */
    @FunctionalInterface
    public interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    /** All rows that the statement returns. */
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.read(rows));
            }
            return read;
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /**
     * Sends several statements at once, to be run one after the other inside the caller's transaction.
     *
     * @param readers take the rows, one of each statement that has rows, in their order
     */
    @Transactional(TxType.MANDATORY)
    public void queryEach(String sql, List<RowConsumer> readers, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            Iterator<RowConsumer> reader = readers.iterator();
            boolean hasRows = statement.execute();
            while (hasRows || statement.getUpdateCount() >= 0) {
                if (hasRows) {
                    RowConsumer consumer = reader.next();
                    ResultSet rows = statement.getResultSet();
                    while (rows.next()) {
                        consumer.accept(rows);
                    }
                }
                hasRows = statement.getMoreResults();
            }
            if (reader.hasNext()) {
                throw new IllegalStateException("There are more readers than statements with rows");
            }
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /** The first row that the statement returns. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return query(sql, reader, parameters).stream().findFirst();
    }

    /** How many rows the statement changed. */
    public int update(String sql, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /** Runs a statement that has neither rows nor a count, in the caller's transaction. */
    public void execute(String sql) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /** Whether the statement failed because a row of this key is there already; its transaction is lost. */
    public static boolean isUniqueViolation(DatabaseException failure) {
        return failure.getCause() instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState());
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    public static UUID uuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                case UUID[] ids -> statement.setArray(i + 1, connection.createArrayOf("uuid", ids));
                case BigDecimal[] amounts -> statement.setArray(i + 1, connection.createArrayOf("numeric", amounts));
                case null, default -> statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }
}
