package dev.holdfast.delivery.database;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements: inside the caller's transaction where there is one, else each in its own. Parameters may be
 * {@code Instant}, {@link Text}, null, what JDBC takes as an object, and arrays of {@code UUID}, {@code BigDecimal},
 * {@code String}, {@code Long}, {@code Instant} and {@code byte[]}. An array that is the only parameter has to be cast to
 * {@code Object}, or each element of it would be one.
 *
 * <p>All methods throw a {@link DatabaseException} where the statement fails.
 */
@ApplicationScoped
public class Database {
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource dataSource;

    Database(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A text that may be null. A plain null has no type, and the driver prepares a statement anew whose types change. */
    public record Text(@Nullable String value) {}

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

    /** Executes a statement whose parameters are set. */
    @FunctionalInterface
    public interface Execution<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    /** Runs a statement for which no other method will do. The connection is there before the execution begins. */
    public <T> T run(String sql, Execution<T> execution, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return execution.of(statement);
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /** All rows that the statement returns. */
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return run(
                sql,
                statement -> {
                    List<T> read = new ArrayList<>();
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            read.add(reader.read(rows));
                        }
                    }
                    return read;
                },
                parameters);
    }

    /**
     * Sends one or several statements at once, to be run one after the other inside the caller's transaction.
     *
     * @param readers take the rows, one of each statement that has rows, in their order
     */
    @Transactional(TxType.MANDATORY)
    public void queryEach(String sql, List<RowConsumer> readers, @Nullable Object... parameters) {
        Iterator<RowConsumer> reader = readers.iterator();
        run(sql, statement -> readEach(statement, reader::next), parameters);
        if (reader.hasNext()) {
            throw new IllegalStateException("There are more readers than statements with rows");
        }
    }

    private static boolean readEach(PreparedStatement statement, Supplier<RowConsumer> readers) throws SQLException {
        boolean hasRows = statement.execute();
        while (hasRows || statement.getUpdateCount() >= 0) {
            if (hasRows) {
                RowConsumer consumer = readers.get();
                ResultSet rows = statement.getResultSet();
                while (rows.next()) {
                    consumer.accept(rows);
                }
            }
            hasRows = statement.getMoreResults();
        }
        return hasRows;
    }

    /**
     * Runs statements in a transaction of their own that is begun and ended by the same round trip, and does not wait for the
     * disk: a crash of the database may lose it. Not for use inside a transaction.
     *
     * @param reader takes the rows of all statements
     */
    public void commitUnflushed(String sql, RowConsumer reader, @Nullable Object... parameters) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("set local synchronous_commit = off; " + sql + "; commit")) {
                bind(statement, parameters);
                readEach(statement, () -> reader);
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new DatabaseException("A statement failed", e);
        }
    }

    /** The first row that the statement returns. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return query(sql, reader, parameters).stream().findFirst();
    }

    /** The row of a statement that always returns one. */
    public <T> T only(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return query(sql, reader, parameters).getFirst();
    }

    /** How many rows the statement changed. */
    public int update(String sql, @Nullable Object... parameters) {
        return run(sql, PreparedStatement::executeUpdate, parameters);
    }

    /** Runs the statement once for the parameters of each row, all of them by one round trip. */
    public void updateEach(String sql, List<@Nullable Object[]> rows) {
        run(sql, statement -> {
            for (@Nullable Object[] row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            return statement.executeBatch();
        });
    }

    /** Runs a statement that has neither rows nor a count, in the caller's transaction. */
    public void execute(String sql) {
        run(sql, PreparedStatement::execute);
    }

    /** Whether the statement failed because a row of this key is there already; its transaction is lost. */
    public static boolean isUniqueViolation(DatabaseException failure) {
        return failure.getCause() instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState());
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    public static UUID uuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                case Text text -> statement.setString(i + 1, text.value());
                case Object[] elements -> statement.setArray(i + 1, array(statement.getConnection(), elements));
                case null, default -> statement.setObject(i + 1, parameters[i]);
            }
        }
    }

    private static Array array(Connection connection, Object[] elements) throws SQLException {
        String type = switch (elements) {
            case UUID[] ids -> "uuid";
            case BigDecimal[] amounts -> "numeric";
            case String[] texts -> "text";
            case Long[] numbers -> "bigint";
            case Instant[] times -> "timestamptz";
            case byte[][] contents -> "bytea";
            default ->
                throw new IllegalArgumentException(
                        "No array of " + elements.getClass().getComponentType());
        };
        return connection.createArrayOf(type, elements);
    }
}
