package dev.holdfast.delivery.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What statements of a service really read (PostgreSQL's {@code EXPLAIN ANALYZE}), on copies of its tables with all their
 * indexes, which a test may fill as it likes. They are planned as in a service: once for all parameters, and by index.
 */
public final class StatementWork implements AutoCloseable {
    /**
     * What one execution has read.
     *
     * @param rows of all scans, also those that a filter refused
     * @param pages of tables and indexes, also those of rows that are there no more
     */
    public record Work(long rows, long pages, String plan) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\?");
    private static final String SCHEMA = "statement_work";

    private final Connection connection;
    private final Map<String, String> prepared = new LinkedHashMap<>();

    /** On empty copies. */
    public StatementWork(List<String> tables) throws SQLException {
        connection = Administrator.open();
        run("drop schema if exists " + SCHEMA + " cascade");
        run("create schema " + SCHEMA);
        for (String table : tables) {
            run("create table " + SCHEMA + "." + table + " (like public." + table + " including all)");
            // What is removed from a table only by a vacuum is there until a test asks for one.
            run("alter table " + SCHEMA + "." + table + " set (autovacuum_enabled = off)");
        }
        run("set search_path = " + SCHEMA + ", public");
        run("set enable_seqscan = off");
        run("set plan_cache_mode = force_generic_plan");
    }

    /** Changes the copies. */
    public void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Lets each statement be planned anew. */
    public void planAnew() throws SQLException {
        prepared.clear();
        run("deallocate all");
    }

    /** Executes the statement, by the plan of its first execution. */
    public Work of(String sql, List<Object> parameters) throws SQLException {
        String name = prepared.get(sql);
        if (name == null) {
            name = "statement_" + prepared.size();
            run("prepare " + name + " as " + numbered(sql));
            prepared.put(sql, name);
        }
        String values = parameters.stream().map(StatementWork::literal).collect(Collectors.joining(", "));
        String plan = Administrator.first(
                connection, "explain (analyze, buffers, timing off, format json) execute " + name + "(" + values + ")");
        try {
            JsonNode root = JSON.readTree(plan).get(0).get("Plan");
            long pages = root.path("Shared Hit Blocks").asLong()
                    + root.path("Shared Read Blocks").asLong();
            return new Work(rows(root), pages, root.toPrettyString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long rows(JsonNode node) {
        long rows = 0;
        // Those of a result within the statement have no relation.
        if (node.has("Relation Name")) {
            long each = node.path("Actual Rows").asLong()
                    + node.path("Rows Removed by Filter").asLong()
                    + node.path("Rows Removed by Index Recheck").asLong();
            rows = each * node.path("Actual Loops").asLong();
        }
        for (JsonNode child : node.path("Plans")) {
            rows += rows(child);
        }
        return rows;
    }

    private static String numbered(String sql) {
        int[] number = {0};
        return PARAMETER.matcher(sql).replaceAll(parameter -> "\\$" + ++number[0]);
    }

    private static String literal(Object value) {
        return switch (value) {
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case UUID[] ids -> "'{" + Stream.of(ids).map(UUID::toString).collect(Collectors.joining(",")) + "}'";
            case Instant time -> "'" + time + "'";
            case UUID id -> "'" + id + "'";
            case String text -> "'" + text + "'";
            default -> throw new IllegalArgumentException("No literal of " + value.getClass());
        };
    }

    @Override
    public void close() throws SQLException {
        run("drop schema if exists " + SCHEMA + " cascade");
        connection.close();
    }
}
