package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RoleRights;
import dev.holdfast.localstack.LocalPostgres;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the role of the service may do with its database, and nothing else. */
@QuarkusTest
class LeastRightsIT extends OrderServiceTesting {
    private static final String SERVICE = "orders";
    /** Each table has to be here: a new one with what its migration grants. */
    private static final Map<String, String> RIGHTS = Map.of(
            "orders",
                    "INSERT, SELECT, UPDATE(cancel_requested_at), UPDATE(capture_amount), UPDATE(capture_key),"
                            + " UPDATE(capture_requested_at), UPDATE(reason), UPDATE(reason_text), UPDATE(refunded),"
                            + " UPDATE(status), UPDATE(updated_at)",
            "refund", "INSERT, SELECT, UPDATE(attempts), UPDATE(done_at), UPDATE(last_error), UPDATE(next_attempt_at)",
            "order_event", "INSERT, SELECT",
            "compensation", "DELETE, INSERT, SELECT, UPDATE",
            "payment_inquiry", "DELETE, INSERT, SELECT, UPDATE",
            "discrepancy", "DELETE, INSERT, SELECT, UPDATE",
            "reconciliation_pass", "SELECT, UPDATE",
            "order_id_secret", "SELECT");

    LocalPostgres postgres;

    @Test
    void hasTheRightsThatItsStatementsNeedAndNoOther() throws SQLException {
        Map<String, String> expected = new TreeMap<>(RIGHTS);
        expected.putAll(RoleRights.OF_DELIVERY);
        assertThat(RoleRights.of(SERVICE)).isEqualTo(expected);
    }

    @Test
    void mayCallOnlyTheFunctionsThatItsStatementsCall() {
        assertThat(Administrator.run("select string_agg(proname, ', ' order by proname) from pg_proc"
                        + " where pronamespace = 'public'::regnamespace"
                        + " and has_function_privilege('orders', oid, 'execute')"))
                .isEqualTo("erase_audit_texts_of_user, erase_texts_of_user, give_order_ids_up, order_ids_given_up");
    }

    @Test
    void ownsNothingAndIsAMemberOfNoRole() {
        assertThat(Administrator.run("select count(*) from pg_shdepend where refobjid = 'orders'::regrole"
                        + " and refclassid = 'pg_authid'::regclass and deptype = 'o'"))
                .isEqualTo("0");
        assertThat(Administrator.run("select count(*) from pg_auth_members where member = 'orders'::regrole"))
                .isEqualTo("0");
    }

    @Test
    void cannotRewriteOrdersOrHistoryNorTakeRightsNorChangeTables() throws SQLException {
        List<String> acts = new ArrayList<>(RoleRights.forbidden(SERVICE, "orders"));
        acts.addAll(List.of(
                "update orders set amount = 1",
                "update orders set user_id = id",
                "delete from orders",
                "truncate orders",
                "lock table orders in access exclusive mode",
                "alter table orders disable trigger terminal_orders_stay",
                "drop trigger terminal_orders_stay on orders",
                "drop function refuse_to_change_a_terminal_order() cascade",
                "update refund set amount = 1",
                "delete from refund",
                "update order_event set reason = 'x'",
                "delete from order_event",
                "truncate order_event",
                "insert into order_id_secret default values",
                "update order_id_secret set used_from = now()"));
        assertThat(RoleRights.notRefused(database, acts)).isEmpty();
    }

    @Test
    void cannotPassItsRightsOn() throws SQLException {
        Map<String, String> before = RoleRights.of("payments");
        // PostgreSQL only warns.
        query("grant select, insert on orders to payments");
        assertThat(RoleRights.of("payments")).isEqualTo(before);
    }

    @Test
    void noRoleOfPaymentsIsLetIn() {
        for (String role : List.of("payments", "payments_owner")) {
            assertThatThrownBy(
                            () -> DriverManager.getConnection(postgres.jdbcUrl(SERVICE), role, postgres.password(role))
                                    .close())
                    .as(role)
                    .hasMessageContaining("permission denied for database");
        }
    }
}
