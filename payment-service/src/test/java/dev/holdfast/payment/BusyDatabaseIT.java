package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.ReadOnly;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.localstack.LocalPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class BusyDatabaseIT {
    @Inject
    Bank bank;

    @Inject
    DataSource dataSource;

    LocalPostgres postgres;

    @ConfigProperty(name = "quarkus.datasource.jdbc.max-size")
    int poolSize;

    @Test
    void asksToTryAgainWhenAnAccountStaysLocked() throws SQLException {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "1");
        try (Connection other = dataSource.getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select 1 from account where user_id = '" + user + "' for update");
            assertTryAgain(bank.hold(user, UUID.randomUUID(), "1"));
            assertTryAgain(bank.release(user, order));
            assertTryAgain(bank.deposit(user, "1", "locked"));
            assertTryAgain(bank.withdraw(user, "2", "locked-too"));
            // Of more than there is, too: nobody knows what the other makes of it.
            assertTryAgain(bank.withdraw(user, "20"));
            other.rollback();
        }
        assertThat(bank.deposit(user, "1", "locked").statusCode()).isEqualTo(200);
        assertThat(bank.withdraw(user, "2", "locked-too").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "9.00", "1.00");
    }

    @Test
    void asksToTryAgainWhenAllConnectionsAreTaken() throws SQLException {
        UUID user = bank.account("10");
        List<Connection> all = new ArrayList<>();
        try {
            while (all.size() < poolSize - 1) {
                all.add(dataSource.getConnection());
            }
            // The last ones come and go with the relay and the sweeper.
            try {
                all.add(dataSource.getConnection());
            } catch (SQLException taken) {
                assertThat(all).hasSizeGreaterThanOrEqualTo(poolSize - 2);
            }
            assertTryAgain(bank.get(user));
            assertTryAgain(bank.deposit(user, "1"));
            assertTryAgain(bank.withdraw(user, "1"));
        } finally {
            for (Connection each : all) {
                each.close();
            }
        }
        bank.assertMoney(user, "10.00", "0.00");
    }

    @Test
    void asksToTryAgainWhileTheDatabaseTakesNoWrites() throws SQLException {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "1");
        try (ReadOnly closed = new ReadOnly(postgres, dataSource)) {
            assertTryAgain(given().post("/accounts/" + UUID.randomUUID()));
            assertTryAgain(bank.deposit(user, "1", "closed"));
            assertTryAgain(bank.deposit(user, "1"));
            assertTryAgain(bank.withdraw(user, "1"));
            assertTryAgain(bank.withdraw(user, "20"));
            assertTryAgain(bank.hold(user, UUID.randomUUID(), "1"));
            assertTryAgain(bank.release(user, order));
            assertThat(bank.get(user).statusCode()).isEqualTo(200);
        }
        assertThat(bank.deposit(user, "1", "closed").statusCode()).isEqualTo(200);
        bank.assertMoney(user, "11.00", "1.00");
    }

    private static void assertTryAgain(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.jsonPath().getString("code")).isEqualTo("overloaded");
    }
}
