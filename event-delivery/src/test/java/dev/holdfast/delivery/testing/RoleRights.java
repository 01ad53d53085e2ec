package dev.holdfast.delivery.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** What the role of a service may do, and what PostgreSQL refuses it. */
public final class RoleRights {
    /** Rights to the tables that each service has of delivery. */
    public static final Map<String, String> OF_DELIVERY = Map.of(
            "outbox", "DELETE, INSERT, SELECT, UPDATE",
            "inbox", "DELETE, INSERT, SELECT",
            "dead_letter", "DELETE, INSERT, SELECT, UPDATE",
            "dead_letter_audit",
                    "INSERT(act), INSERT(dead_letter_id), INSERT(event_id), INSERT(message_id), INSERT(note),"
                            + " INSERT(operator), INSERT(order_id), INSERT(queue), INSERT(reason), SELECT",
            "dead_letter_seal", "SELECT",
            "audit_record",
                    "INSERT(action), INSERT(client), INSERT(details), INSERT(object_id), INSERT(object_type),"
                            + " INSERT(proven), INSERT(refusal), INSERT(result), INSERT(role), INSERT(subject), INSERT(trace_id), SELECT",
            "flyway_schema_history", "SELECT");

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Of tables, views and sequences, and of their columns; a star marks what may be passed on. */
    private static final String RIGHTS = """
            with role as (select oid from pg_roles where rolname = ?),
            relation as (
                select oid, relname, relkind, relacl from pg_class
                 where relnamespace = 'public'::regnamespace and relkind not in ('i', 'I', 't')),
            granted as (
                select relation.oid, privilege_type as what, '' as column_name, is_grantable
                  from relation cross join lateral aclexplode(relacl) where grantee in (0, (select oid from role))
                union all
                select attrelid, privilege_type, '(' || attname || ')', is_grantable
                  from relation join pg_attribute on attrelid = relation.oid
                 cross join lateral aclexplode(attacl) where grantee in (0, (select oid from role)))
            select relname, coalesce(string_agg(what || column_name || case when is_grantable then '*' else '' end, ', '
                   order by what, column_name), 'none')
              from relation left join granted using (oid)
             where relkind <> 'S' or what is not null
             group by relname
            """;

    private RoleRights() {}

    /** Each table and view of the database with the role's rights and everybody's; a sequence only where there is a right. */
    public static Map<String, String> of(String role) throws SQLException {
        try (Connection connection = Administrator.open();
                PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
            statement.setString(1, role);
            Map<String, String> rights = new TreeMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rights.put(row.getString(1), row.getString(2));
                }
            }
            return rights;
        }
    }

    /** Those of the acts that the role was not refused for want of rights, with what was said instead; most are rolled back. */
    public static List<String> notRefused(DataSource role, Collection<String> acts) throws SQLException {
        List<String> notRefused = new ArrayList<>();
        for (String act : acts) {
            try (Connection connection = role.getConnection()) {
                connection.setAutoCommit(runsOutsideOfTransactions(act));
                try (Statement statement = connection.createStatement()) {
                    statement.execute(act);
                    notRefused.add(act);
                } catch (SQLException e) {
                    if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                        notRefused.add(act + ": " + e.getMessage());
                    }
                } finally {
                    if (!connection.getAutoCommit()) {
                        connection.rollback();
                        connection.setAutoCommit(true);
                    }
                }
            }
        }
        return notRefused;
    }

    private static boolean runsOutsideOfTransactions(String act) {
        return act.startsWith("create database") || act.startsWith("alter system");
    }

    /**
     * What no service may do with its database.
     *
     * @param service its role and its database
     * @param table one of its tables
     */
    public static List<String> forbidden(String service, String table) {
        return List.of(
                "create table mine (id int)",
                "create temporary table mine (id int)",
                "create schema mine",
                "create function mine() returns int language sql as 'select 1'",
                "create index mine on " + table + " (created_at)",
                "create trigger mine before insert on " + table
                        + " for each row execute function suppress_redundant_updates_trigger()",
                "create rule mine as on insert to " + table + " do instead nothing",
                "alter table " + table + " disable trigger all",
                "alter table " + table + " add column mine int",
                "alter table " + table + " owner to " + service,
                "drop table " + table,
                "update dead_letter_audit set note = 'mine'",
                "delete from dead_letter_audit",
                "truncate dead_letter_audit",
                "insert into dead_letter_audit (at, act, dead_letter_id, queue, reason)"
                        + " values (now() - interval '1 day', 'REPLAY', gen_random_uuid(), 'mine', 'mine')",
                "insert into audit_record (at, proven, action, object_type, object_id, result)"
                        + " values (now() - interval '1 day', true, 'mine', 'mine', gen_random_uuid(), 'DONE')",
                "insert into audit_record (id, proven, action, object_type, object_id, result)"
                        + " values (gen_random_uuid(), true, 'mine', 'mine', gen_random_uuid(), 'DONE')",
                "update audit_record set subject = 'mine'",
                "delete from audit_record",
                "truncate audit_record",
                "update dead_letter_seal set key = 'mine'",
                "update flyway_schema_history set success = false",
                "delete from flyway_schema_history",
                "truncate outbox",
                "set role " + service + "_owner",
                "set session authorization " + service + "_owner",
                "set session_replication_role = replica",
                "alter role " + service + " superuser",
                "alter role " + service + "_owner password 'mine'",
                "grant " + service + "_owner to " + service,
                "create role mine",
                "create database mine",
                "alter database " + service + " owner to " + service,
                "alter system set fsync = off",
                "copy " + table + " to program 'cat'",
                "select pg_read_file('PG_VERSION')");
    }
}
