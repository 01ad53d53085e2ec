package dev.holdfast.delivery.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * How PostgreSQL would run what a service has really sent: the statements that the sessions of its pool have prepared, each
 * explained as a generic plan (PostgreSQL's {@code EXPLAIN EXECUTE}), which is the one that is kept.
 */
public final class PreparedPlans {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PreparedPlans() {}

    /**
     * Statements whose work grows with a table: a node of their plan reads a table whole, or an index from its beginning to
     * its end where no limit stops it.
     *
     * @param sessions so many of the pool's are asked; as many must be free
     * @param ofOpenWork partial indexes that rows leave once they are done, so that they may be read whole
     * @return the statement with the node that does so; nothing of PostgreSQL's own tables
     */
    public static Map<String, String> growing(DataSource pool, int sessions, Set<String> ofOpenWork)
            throws SQLException {
        Map<String, String> growing = new TreeMap<>();
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < sessions; i++) {
                open.add(pool.getConnection());
            }
            for (Connection session : open) {
                prepared(session).forEach((statement, types) -> {
                    String node = explain(session, statement, types, ofOpenWork);
                    if (!node.isEmpty()) {
                        growing.put(statement, node);
                    }
                });
            }
        } finally {
            for (Connection session : open) {
                session.close();
            }
        }
        return growing;
    }

    /** The statements on tables that this session has prepared, with the types of their parameters. */
    private static Map<String, List<String>> prepared(Connection session) throws SQLException {
        Map<String, List<String>> prepared = new LinkedHashMap<>();
        try (Statement select = session.createStatement();
                ResultSet row = select.executeQuery("select statement, parameter_types::text[]"
                        + " from pg_prepared_statements where statement ~* '\\m(from|into|update)\\M'"
                        + " and statement !~* '\\m(pg_|information_schema)'")) {
            while (row.next()) {
                prepared.put(
                        row.getString(1), List.of((String[]) row.getArray(2).getArray()));
            }
        }
        return prepared;
    }

    /** The first node that grows, or an empty text. */
    private static String explain(Connection session, String statement, List<String> types, Set<String> ofOpenWork) {
        String name = "explained";
        try (Statement explain = session.createStatement()) {
            explain.execute("set plan_cache_mode = force_generic_plan");
            explain.execute("prepare " + name + (types.isEmpty() ? "" : "(" + String.join(",", types) + ")") + " as "
                    + statement);
            String nulls =
                    IntStream.range(0, types.size()).mapToObj(i -> "null").collect(Collectors.joining(","));
            try (ResultSet plan = explain.executeQuery(
                    "explain (format json) execute " + name + (nulls.isEmpty() ? "" : "(" + nulls + ")"))) {
                plan.next();
                return growingNode(JSON.readTree(plan.getString(1)).get(0).get("Plan"), false, ofOpenWork);
            } finally {
                explain.execute("deallocate " + name);
                explain.execute("reset plan_cache_mode");
            }
        } catch (SQLException | JsonProcessingException e) {
            throw new IllegalStateException("This could not be explained: " + statement, e);
        }
    }

    private static String growingNode(JsonNode node, boolean limited, Set<String> ofOpenWork) {
        String type = node.path("Node Type").asText();
        boolean readsIndex =
                type.equals("Index Scan") || type.equals("Index Only Scan") || type.equals("Bitmap Index Scan");
        if (type.equals("Seq Scan")
                || (readsIndex
                        && !node.has("Index Cond")
                        && !limited
                        && !ofOpenWork.contains(node.path("Index Name").asText()))) {
            return type + " of "
                    + node.path("Relation Name").asText(node.path("Index Name").asText());
        }
        // A limit stops what feeds it row by row; a sort between reads all of it first.
        boolean stopped = type.equals("Limit") || (limited && !type.equals("Sort") && !type.contains("Aggregate"));
        for (JsonNode child : node.path("Plans")) {
            String found = growingNode(child, stopped, ofOpenWork);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }
}
