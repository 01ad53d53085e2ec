package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.delivery.testing.RoleRights;
import dev.holdfast.localstack.LocalPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What the role of the service may do with its database, and nothing else. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class LeastRightsIT {
    private static final String SERVICE = "payments";
    /** Each table has to be here: a new one with what its migration grants. */
    private static final Map<String, String> RIGHTS = Map.ofEntries(
            Map.entry("account", "INSERT, SELECT, UPDATE"),
            Map.entry("transfer", "INSERT, SELECT"),
            Map.entry("hold", "DELETE, INSERT, SELECT, UPDATE"),
            Map.entry("idempotency_key", "DELETE, INSERT, SELECT, UPDATE(created_at)"),
            Map.entry("hold_removal", "SELECT, UPDATE"),
            Map.entry("account_checkpoint", "INSERT, SELECT, UPDATE"),
            Map.entry("account_numbering", "none"),
            Map.entry("numbering_pass", "SELECT, UPDATE"),
            Map.entry("verification_pass", "SELECT, UPDATE"),
            Map.entry("chain_finding", "INSERT, SELECT, UPDATE(closed_at), UPDATE(last_seen_at), UPDATE(says)"),
            Map.entry("seal", "INSERT, SELECT"),
            Map.entry(
                    "adjustment",
                    "INSERT, SELECT, UPDATE(decided_at), UPDATE(decided_by), UPDATE(decision_reason), UPDATE(status),"
                            + " UPDATE(transfer_id)"));

    @Inject
    DataSource dataSource;

    LocalPostgres postgres;

    @Test
    void hasTheRightsThatItsStatementsNeedAndNoOther() throws SQLException {
        Map<String, String> expected = new TreeMap<>(RIGHTS);
        expected.putAll(RoleRights.OF_DELIVERY);
        assertThat(RoleRights.of(SERVICE)).isEqualTo(expected);
    }

    @Test
    void ownsNothingAndIsAMemberOfNoRole() {
        assertThat(Administrator.run("select count(*) from pg_class where relowner = 'payments'::regrole"))
                .isEqualTo("0");
        assertThat(Administrator.run("select count(*) from pg_shdepend where refobjid = 'payments'::regrole"
                        + " and refclassid = 'pg_authid'::regclass and deptype = 'o'"))
                .isEqualTo("0");
        assertThat(Administrator.run("select count(*) from pg_auth_members where member = 'payments'::regrole"))
                .isEqualTo("0");
    }

    @Test
    void cannotRewriteTheBooksNorTakeRightsNorChangeTables() throws SQLException {
        List<String> acts = new ArrayList<>(RoleRights.forbidden(SERVICE, "transfer"));
        acts.addAll(List.of(
                "update transfer set amount = 1",
                "update transfer set hash = ''",
                "update seal set digest = ''",
                "delete from seal",
                "delete from chain_finding",
                "select from account_numbering",
                "delete from transfer",
                "truncate transfer",
                "drop trigger transfer_refunds_fit_the_capture on transfer",
                "alter table transfer disable trigger transfer_refunds_fit_the_capture",
                "lock table transfer in access exclusive mode",
                "delete from account",
                "truncate account",
                "update idempotency_key set answer = '{}'",
                "update adjustment set proposed_by = 'nobody'",
                "update adjustment set change = 1",
                "delete from adjustment",
                "drop index transfer_of_order"));
        assertThat(RoleRights.notRefused(dataSource, acts)).isEmpty();
    }

    @Test
    void cannotPassItsRightsOn() throws SQLException {
        Map<String, String> before = RoleRights.of("orders");
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            // PostgreSQL only warns.
            statement.execute("grant select, insert on transfer to orders");
        }
        assertThat(RoleRights.of("orders")).isEqualTo(before);
    }

    @Test
    void noRoleOfOrdersIsLetIn() {
        for (String role : List.of("orders", "orders_owner")) {
            assertThatThrownBy(
                            () -> DriverManager.getConnection(postgres.jdbcUrl(SERVICE), role, postgres.password(role))
                                    .close())
                    .as(role)
                    .hasMessageContaining("permission denied for database");
        }
    }
}
